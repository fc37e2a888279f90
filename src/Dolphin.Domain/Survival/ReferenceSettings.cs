using System.Collections.Immutable;

namespace Dolphin.Domain.Survival;

/// <summary>The figures of the design: nine layers in five categories. A plan changes single numbers; nothing else repeats these.</summary>
internal static class ReferenceSettings
{
    // Fitted to the forewarner's table (5 min 0.85, 30 min 0.40, 2 h 0.10, deadband 60 s): with two parameters the best
    // largest error is 0.023, reached here; SurvivalCalibration checks it.
    private const double Lambda = 4.75e-4;
    private const double Shape = 0.77;

    public static SurvivalSettings Create() => new(
        [
            new(LayerId.Quorum, LayerCategory.Invariant, "invariant"),
            new(LayerId.LedgerIntegrity, LayerCategory.Invariant, "invariant"),
            new(LayerId.McForewarner, LayerCategory.Structural, "envelope"),
            new(LayerId.AlgoHeartbeat, LayerCategory.Structural, "scan"),
            new(LayerId.ObStreamer, LayerCategory.Microstructure, "book"),
            new(LayerId.SlippageDrift, LayerCategory.Microstructure, "slippage"),
            new(LayerId.ExfService, LayerCategory.Environmental, "shock"),
            new(LayerId.EsofService, LayerCategory.Environmental, "confidence"),
            new(LayerId.PortfolioDrawdown, LayerCategory.Capital, "drawdown"),
        ],
        new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["pulse"] = 1,
            ["heartbeat-limit"] = 10,
            ["climb-dwell"] = 1,
            ["record-move"] = 0.005,
            ["postures.apex.fall-below"] = 0.85,
            ["postures.apex.rise-above"] = 0.92,
            ["postures.apex.max-leverage"] = 6,
            ["postures.stalker.fall-below"] = 0.55,
            ["postures.stalker.rise-above"] = 0.65,
            ["postures.stalker.max-leverage"] = 2,
            ["postures.turtle.fall-below"] = 0.20,
            ["postures.turtle.rise-above"] = 0.27,
            ["postures.turtle.max-leverage"] = 1,

            // "1 % per minute"; the template's 1 % per second for microstructure and 0.1 % per second for capital above its latch.
            ["categories.structural.recovery-per-minute"] = 0.01,
            ["categories.structural.silence-deadband"] = 60,
            ["categories.structural.silence-lambda"] = Lambda,
            ["categories.structural.silence-shape"] = Shape,
            ["categories.microstructure.recovery-per-minute"] = 0.6,
            ["categories.microstructure.silence-deadband"] = 2,
            ["categories.microstructure.silence-lambda"] = 0.005,
            ["categories.microstructure.silence-shape"] = Shape,
            // An hour without the outside world costs only what the layers' own responses say.
            ["categories.environmental.recovery-per-minute"] = 0.01,
            ["categories.environmental.silence-deadband"] = 3600,
            ["categories.environmental.silence-lambda"] = 5e-5,
            ["categories.environmental.silence-shape"] = Shape,
            ["categories.capital.recovery-per-minute"] = 0.06,
            ["categories.capital.silence-deadband"] = 60,
            ["categories.capital.silence-lambda"] = Lambda,
            ["categories.capital.silence-shape"] = Shape,

            ["layers.L3_MC_FOREWARNER.age-deadband"] = 60,
            ["layers.L3_MC_FOREWARNER.age-lambda"] = Lambda,
            ["layers.L3_MC_FOREWARNER.age-shape"] = Shape,
            ["layers.L3_MC_FOREWARNER.well-inside"] = 1,

            ["layers.L4_ALGO_HEARTBEAT.age-deadband"] = 60,
            ["layers.L4_ALGO_HEARTBEAT.age-lambda"] = Lambda,
            ["layers.L4_ALGO_HEARTBEAT.age-shape"] = Shape,
            ["layers.L4_ALGO_HEARTBEAT.drift-deadband"] = 0.5, // The seed's scheduling alarm for a 5 s scan.
            ["layers.L4_ALGO_HEARTBEAT.drift-lambda"] = Lambda,
            ["layers.L4_ALGO_HEARTBEAT.drift-shape"] = Shape,
            ["layers.L4_ALGO_HEARTBEAT.filter"] = 30,

            ["layers.L5_OB_STREAMER.age-deadband"] = 0.5,
            ["layers.L5_OB_STREAMER.age-midpoint"] = 5.5, // 3 s stale compresses slightly (0.89), 6 s to a half.
            ["layers.L5_OB_STREAMER.age-steepness"] = 0.6,
            ["layers.L5_OB_STREAMER.jitter-deadband"] = 0.25,
            ["layers.L5_OB_STREAMER.jitter-midpoint"] = 1.5,
            ["layers.L5_OB_STREAMER.jitter-steepness"] = 3,
            ["layers.L5_OB_STREAMER.depth-deadband"] = 0.3,
            ["layers.L5_OB_STREAMER.depth-midpoint"] = 0.4,
            ["layers.L5_OB_STREAMER.depth-steepness"] = 10,
            ["layers.L5_OB_STREAMER.imbalance-deadband"] = 0.6,
            ["layers.L5_OB_STREAMER.imbalance-midpoint"] = 0.3,
            ["layers.L5_OB_STREAMER.imbalance-steepness"] = 15,
            ["layers.L5_OB_STREAMER.filter"] = 5,

            ["layers.L6_SLIPPAGE_DRIFT.drift-deadband"] = 2,
            ["layers.L6_SLIPPAGE_DRIFT.drift-midpoint"] = 10,
            ["layers.L6_SLIPPAGE_DRIFT.drift-steepness"] = 0.35,
            ["layers.L6_SLIPPAGE_DRIFT.filter"] = 60,

            ["layers.L7_EXF_SERVICE.age-deadband"] = 600,
            ["layers.L7_EXF_SERVICE.age-lambda"] = Lambda,
            ["layers.L7_EXF_SERVICE.age-shape"] = Shape,
            ["layers.L7_EXF_SERVICE.shock-depth"] = 0.7,
            ["layers.L7_EXF_SERVICE.glide"] = 3600,

            // Confidence after an hour of silence is 0.8, so f is 0.98: the half-life is 3600 s * ln 2 / -ln 0.8.
            ["layers.L8_ESOF_SERVICE.threshold"] = 0.9,
            ["layers.L8_ESOF_SERVICE.sensitivity"] = 0.1,
            ["layers.L8_ESOF_SERVICE.half-life"] = 11_182,
            ["layers.L8_ESOF_SERVICE.most-shaved"] = 0.02, // Neither the sky nor a dead sensor takes more.

            ["layers.L9_PORTFOLIO_DD.steepness"] = 15,
            ["layers.L9_PORTFOLIO_DD.midpoint"] = 0.15,
            ["layers.L9_PORTFOLIO_DD.latch-at"] = 0.10,
            ["layers.L9_PORTFOLIO_DD.release-below"] = 0.05,
            ["layers.L9_PORTFOLIO_DD.release-after"] = 86_400,
            ["layers.L9_PORTFOLIO_DD.relatch-step"] = 0.02,
        }.ToImmutableSortedDictionary(StringComparer.Ordinal));
}

#!/usr/bin/env bash
# Container images of the Cluster edition, made by the .NET SDK alone: no Dockerfile, no engine.
#   deploy/images.sh                    into the local engine (Docker or Podman)
#   deploy/images.sh --archive FOLDER   as tar files, which `docker load` and `podman load` read; needs no engine
#   deploy/images.sh --registry HOST    pushed to a registry
# The base image (BASE, mcr.microsoft.com/dotnet/aspnet:10.0) is fetched from its registry in each case.
set -euo pipefail
cd "$(dirname "$0")/.."
base=${BASE:-mcr.microsoft.com/dotnet/aspnet:10.0} tag=${TAG:-0.1.0}
case "${1:-}" in
    '') where=() ;;
    --archive) mkdir -p "$2"; where=("$(cd "$2" && pwd)") ;;
    --registry) where=() registry=$2 ;;
    *) sed -n '2,6p' "$0" | cut -c3-; exit 2 ;;
esac
# The folder keeps its last slash: the SDK puts the program's name right behind it, and that is the entry point.
for image in dolphin:src/Dolphin.Node dolphin-lighthouse:src/Dolphin.Lighthouse; do
    name=${image%%:*} project=${image#*:}
    # shellcheck disable=SC2046 # The properties are words.
    dotnet publish "$project" -c Release -p:Edition=Cluster $(.ci/cluster-versions) -t:PublishContainer -p:EnableSdkContainerSupport=true \
        -p:ContainerBaseImage="$base" -p:ContainerRepository="$name" -p:ContainerImageTag="$tag" -p:ContainerUser=app \
        -p:ContainerWorkingDirectory=/app/ ${where:+-p:ContainerArchiveOutputPath="${where[0]}/$name.tar"} ${registry:+-p:ContainerRegistry="$registry"}
done

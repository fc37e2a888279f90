#!/usr/bin/env bash
# Makes a private authority (once) and a certificate for each node, for trying out and for small installations.
#   deploy/certificates.sh FOLDER CLUSTER HOST...
# FOLDER gets authority.pem, authority.key, and for each HOST a HOST.p12 (certificate, key, authority), all with the password in FOLDER/password.
# CLUSTER is a DNS name that all nodes share, such as dolphin.cluster.internal: Akka.NET before 1.5.53 compares it instead of the host's own.
# The first DNS name has to be that one, so the order below matters. What exists is kept, so a new host can be added later.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,7p' "$0" | cut -c3-; exit 2; }
folder=$1 cluster=$2; shift 2
mkdir -p "$folder"
umask 077
[ -s "$folder/password" ] || openssl rand -hex 24 > "$folder/password"
if [ ! -s "$folder/authority.key" ]; then
    openssl ecparam -name prime256v1 -genkey -noout -out "$folder/authority.key"
    openssl req -x509 -new -key "$folder/authority.key" -sha256 -days "${AUTHORITY_DAYS:-3650}" -subj "/CN=$cluster authority" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" -out "$folder/authority.pem"
fi
for host in "$@"; do
    [ ! -s "$folder/$host.p12" ] || { echo "$folder/$host.p12 is there already"; continue; }
    if [[ $host =~ ^[0-9.]+$|: ]]; then own="IP:$host"; else own="DNS:$host"; fi
    openssl ecparam -name prime256v1 -genkey -noout -out "$folder/$host.key"
    openssl req -new -key "$folder/$host.key" -subj "/CN=$cluster" -out "$folder/$host.csr"
    printf 'subjectAltName=DNS:%s,%s\nextendedKeyUsage=serverAuth,clientAuth\nkeyUsage=critical,digitalSignature\nbasicConstraints=critical,CA:FALSE\n' "$cluster" "$own" > "$folder/$host.ext"
    openssl x509 -req -in "$folder/$host.csr" -CA "$folder/authority.pem" -CAkey "$folder/authority.key" -CAcreateserial -sha256 \
        -days "${DAYS:-365}" -extfile "$folder/$host.ext" -out "$folder/$host.pem" 2> /dev/null
    openssl pkcs12 -export -inkey "$folder/$host.key" -in "$folder/$host.pem" -certfile "$folder/authority.pem" -passout "file:$folder/password" -out "$folder/$host.p12"
    rm "$folder/$host.key" "$folder/$host.csr" "$folder/$host.ext" "$folder/$host.pem"
    echo "$folder/$host.p12"
done

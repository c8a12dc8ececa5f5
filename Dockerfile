# An image that takes snapshots, proves them in servers of its own, and drills.
FROM debian:bookworm AS build
WORKDIR /lifeboat
COPY . .
RUN scripts/setup --product && cmake --install build/release --prefix /usr/local --strip

FROM debian:bookworm-slim
# A cluster that the package would make is of no use: a proof starts a server of its own.
RUN mkdir -p /etc/postgresql-common/createcluster.d \
 && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/lifeboat.conf \
 && apt-get update \
 && apt-get install --yes --no-install-recommends \
      ca-certificates libboost-program-options1.74.0 libcurl4 libfmt9 libpq5 libpugixml1v5 \
      libsodium23 libspdlog1.10 libssl3 libtomlplusplus3 libzstd1 \
      postgresql postgresql-contrib redis-server tzdata \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local /usr/local
RUN useradd --create-home lifeboat
USER lifeboat
WORKDIR /home/lifeboat
CMD ["lifeboat", "--help"]

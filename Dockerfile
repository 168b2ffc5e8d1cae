# The merchant backend in an image: `docker build -t paywith-merchant .`
#
# No secret belongs into an image. They come when a container starts: as variables
# (docs/internet.md), or in a file of your own in place of /etc/paywith/paywith.toml.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY crates crates
COPY tests tests
COPY benches benches
RUN cargo build --locked --profile server -p paywith-merchant

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin paywith \
    && install -d -o paywith -g paywith -m 0700 /data \
    && install -d /etc/paywith \
    && printf '%s\n' 'listen = "0.0.0.0:8090"' 'database = "/data/paywith.sqlite"' \
        > /etc/paywith/paywith.toml
COPY --from=build /build/target/server/paywith-merchant /usr/local/bin/paywith-merchant
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/paywith/
USER paywith
WORKDIR /data
# The SQLite file. With PostgreSQL nothing is written here.
VOLUME /data
EXPOSE 8090
# The shell asks for itself: there is no other program in the image that speaks HTTP.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8090 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["paywith-merchant"]
CMD ["--config", "/etc/paywith/paywith.toml"]

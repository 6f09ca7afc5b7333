# The image of the Action: one static program, root certificates, and nothing
# beside them. No shell, no user and no directory of its own: the runner wants
# root and sets the directory.

# Go 1.26.8. Every builder of this project takes exactly this image, so that
# rebuilding gives the same bytes (.ci/reproducible).
ARG GO_IMAGE=golang:1.26.8-bookworm@sha256:a688600ca24f8a4d3ca77f95b0dd40704a9fc787c826660eb7ba0b641b8b175d

FROM ${GO_IMAGE} AS build
WORKDIR /src
ENV GOTOOLCHAIN=local
COPY go.mod go.sum ./
ARG GOPROXY
RUN go mod download
COPY . .
ARG VERSION
RUN .ci/binary /out/benchgate "$VERSION"
# The runner chooses what is started by the program's path alone: it passes the
# same arguments to the step and to its post step. The names are links, so that
# the program is there once. Times are fixed, because layers hold them.
RUN install -D -m 644 /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ca-certificates.crt && \
    install -d -m 1777 /out/tmp && \
    ln -s benchgate /out/benchgate-action && \
    ln -s benchgate /out/benchgate-action-post && \
    find /out -exec touch --no-dereference --date @0 {} +

FROM scratch
LABEL org.opencontainers.image.title="benchgate" \
      org.opencontainers.image.description="Gates coding models on what a solved task costs" \
      org.opencontainers.image.source="https://github.com/benchgate/benchgate" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /out/ /
ENTRYPOINT ["/benchgate-action"]

# docker build -t source-sentry .                        and: docker build --target source-sigma -t source-sigma .
ARG BASE=docker.io/library/python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY sourcewright sourcewright
COPY source_sentry source_sentry
COPY source_sigma source_sigma
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --constraint constraints.txt '.[singer]'
# What airbyte-cdk installs for other connectors, such as those that read files; `make test-image` runs all commands without it
RUN /venv/bin/pip uninstall --quiet --yes pandas SQLAlchemy grpcio grpcio-status nltk RapidFuzz Unidecode \
    google-cloud-secret-manager google-api-core google-auth googleapis-common-protos grpc-google-iam-v1 proto-plus \
    protobuf dateparser pip

FROM ${BASE} AS base
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="source-sentry" \
      org.opencontainers.image.description="All of Sentry in your warehouse: Airbyte source and Singer tap" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      io.airbyte.name="source-sentry" \
      io.airbyte.version="${VERSION}"
COPY --from=build /venv /venv
COPY main.py /airbyte/integration_code/main.py
ENV PATH="/venv/bin:$PATH"
RUN useradd --uid 1000 --create-home --shell /usr/sbin/nologin airbyte
USER airbyte
WORKDIR /airbyte/integration_code

FROM base AS source-sigma
LABEL org.opencontainers.image.title="source-sigma" \
      org.opencontainers.image.description="All of Sigma Computing in your warehouse: Airbyte source and Singer tap" \
      io.airbyte.name="source-sigma"
ENV AIRBYTE_ENTRYPOINT="source-sigma"
ENTRYPOINT ["source-sigma"]

FROM base AS source-sentry
ENV AIRBYTE_ENTRYPOINT="python /airbyte/integration_code/main.py"
ENTRYPOINT ["python", "/airbyte/integration_code/main.py"]

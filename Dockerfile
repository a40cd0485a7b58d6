FROM python:3.11-slim
WORKDIR /airbyte/integration_code
COPY pyproject.toml constraints.txt README.md LICENSE main.py ./
COPY sourcewright sourcewright
COPY source_sentry source_sentry
RUN pip install --no-cache-dir --constraint constraints.txt .
ENV AIRBYTE_ENTRYPOINT="python /airbyte/integration_code/main.py"
ENTRYPOINT ["python", "/airbyte/integration_code/main.py"]

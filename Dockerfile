FROM python:3.12-slim-bookworm AS build
ENV PYTHONDONTWRITEBYTECODE=1 UV_LINK_MODE=copy
WORKDIR /build
COPY requirements.lock requirements-uv.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements-uv.lock
RUN uv venv /opt/venv \
    && uv pip sync --python /opt/venv/bin/python --require-hashes --compile-bytecode requirements.lock
WORKDIR /srv/kaufhaus
COPY . .
# Static files need no database and no real key.
RUN SECRET_KEY=only-for-collectstatic DATABASE_URL=postgresql://nobody@localhost/none \
    sh -c '/opt/venv/bin/python -m shop.assets && /opt/venv/bin/python manage.py collectstatic --noinput --verbosity=0' \
    && rm -rf var/npm

FROM python:3.12-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /srv/kaufhaus --shell /usr/sbin/nologin kaufhaus
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=kaufhaus:kaufhaus /srv/kaufhaus /srv/kaufhaus
WORKDIR /srv/kaufhaus
RUN install -d -o kaufhaus -g kaufhaus var var/media
USER kaufhaus
EXPOSE 8000
CMD ["gunicorn", "shop.wsgi:application", "--bind=0.0.0.0:8000", "--workers=4", \
     "--worker-class=gthread", "--threads=4", "--no-control-socket", "--access-logfile=-"]

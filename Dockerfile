# docker build -t monitor . && docker run -p 8501:8501 -v monitor-data:/app/data/store monitor
FROM python:3.11-slim-bookworm

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
# The store is the one thing that is written; it is a volume, so that a new image keeps it. Code and catalogs are compiled here.
RUN useradd --system --home-dir /app monitor && mkdir -p data/store && chown monitor data/store \
    && python -m compileall -q monitor && python -c "from monitor.i18n import _; _('Sign in')"
USER monitor
VOLUME /app/data/store
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/readyz', timeout=4)"
CMD ["sh", "-c", "python -m monitor init && exec python -m monitor serve --host 0.0.0.0"]

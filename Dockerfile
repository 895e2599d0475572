# The studio as static files. Build: docker build -t mnist-studio .
# Run: docker run --read-only --tmpfs /tmp --cap-drop ALL -p 8080:8080 mnist-studio
# Your own MNIST beside the page: add -v /path/to/mnist:/usr/share/nginx/html/data/mnist:ro (the four .gz files).

FROM node:22.20.0-bookworm-slim AS builder
WORKDIR /studio
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --loglevel=error
COPY . .
RUN npm run build

FROM nginxinc/nginx-unprivileged:1.28.0-alpine-slim
COPY deploy/nginx.conf /etc/nginx/nginx.conf
COPY --from=builder /studio/dist /usr/share/nginx/html
USER 101
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=2s --retries=3 \
  CMD wget -q -O /dev/null http://127.0.0.1:8080/healthz || exit 1
# The image's own entry point rewrites configuration at start, which a read-only file system rightly refuses.
ENTRYPOINT ["nginx", "-e", "stderr", "-g", "daemon off;"]

/** What harbor.yml says, without its secrets. */
export interface HarborYmlValues {
  readonly hostname: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Absolute; `prepare` reads them below `/hostfs`. */
  readonly chainFile: string;
  readonly keyFile: string;
  readonly dataDirectory: string;
  /** The format's version: 2.15.0. */
  readonly version: string;
}

export interface HarborYmlSecrets {
  readonly adminPassword: string;
  readonly databasePassword: string;
}

/**
 * Words in the places of the secrets. `prepare migrate` writes values without quotes, so that a password with `: ` or ` #`
 * would come out as something else; and it leaves its result readable by all.
 */
const ADMIN_PASSWORD = "BREAKWATER_ADMIN_PASSWORD";
const DATABASE_PASSWORD = "BREAKWATER_DATABASE_PASSWORD";

/**
 * harbor.yml as the release's harbor.yml.tmpl has it, with words for the secrets. Everything that stands there is
 * written, for `prepare` requires most of it. Plain YAML and not JSON: the release's own scripts find data_volume by
 * `grep`, and shall go on working beside this.
 */
export function harborYml(values: HarborYmlValues): string {
  return `# Made by Breakwater from the stack's configuration: an edit is undone by the next \`up\`.
hostname: ${values.hostname}
http:
  port: ${values.httpPort}
https:
  port: ${values.httpsPort}
  certificate: ${values.chainFile}
  private_key: ${values.keyFile}
  strong_ssl_ciphers: false
# Counts at the first start only.
harbor_admin_password: ${ADMIN_PASSWORD}
database:
  password: ${DATABASE_PASSWORD}
  max_idle_conns: 100
  max_open_conns: 900
  conn_max_lifetime: 5m
  conn_max_idle_time: 0
data_volume: ${values.dataDirectory}
trivy:
  ignore_unfixed: false
  skip_update: false
  skip_java_db_update: false
  db_repository: ghcr.io/aquasecurity/trivy-db
  java_db_repository: ghcr.io/aquasecurity/trivy-java-db
  offline_scan: false
  security_check: vuln
  insecure: false
  timeout: 5m0s
jobservice:
  max_job_workers: 10
  max_job_duration_hours: 24
  job_loggers:
    - STD_OUTPUT
    - FILE
  logger_sweeper_duration: 1
notification:
  webhook_job_max_retry: 3
  webhook_job_http_client_timeout: 3
log:
  level: info
  local:
    rotate_count: 50
    rotate_size: 200M
    location: /var/log/harbor
_version: ${values.version}
proxy:
  http_proxy:
  https_proxy:
  no_proxy:
  components:
    - core
    - jobservice
    - trivy
upload_purging:
  enabled: true
  age: 168h
  interval: 24h
  dryrun: false
cache:
  enabled: false
  expire_hours: 24
`;
}

/**
 * What `prepare migrate` left, with the secrets in the places of their words; a JSON string is a YAML string. A `false` of
 * strong_ssl_ciphers comes out of the migrations of 2.13 to 2.15 as `none`, which `prepare` then takes for true.
 */
export function withSecrets(text: string, secrets: HarborYmlSecrets): string {
  return text
    .replace(/^( +strong_ssl_ciphers:) none *$/m, "$1 false")
    .replaceAll(ADMIN_PASSWORD, () => JSON.stringify(secrets.adminPassword))
    .replaceAll(DATABASE_PASSWORD, () => JSON.stringify(secrets.databasePassword));
}

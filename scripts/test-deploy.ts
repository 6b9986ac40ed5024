import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";

/**
 * Checks the files of `deploy/` with the programs that read them, as far as they are here: Helm (built with Go where it is
 * not installed), nginx, systemd. A line says what was left out, and why.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const deploy = join(root, "deploy");
const folder = mkdtempSync(join(tmpdir(), "omniport-deploy-"));
const HELM_VERSION = "v3.22.0";
const CHART = join(deploy, "helm/omniport");
/** Everything that the chart can switch on. */
const FULL = `
keys: { OMNIPORT_API_KEY: key, OPENAI_API_KEY: key }
env: { LOG_LEVEL: debug }
config: { aliases: { fast: openai/gpt-4o-mini } }
podAnnotations: { prometheus.io/scrape: "true" }
ingress: { enabled: true, className: nginx, tlsSecret: certificate }
autoscaling: { enabled: true }
persistence: { enabled: true, storageClass: shared, accessMode: ReadWriteMany }
engine: { enabled: true, preload: [local/chat], persistence: { enabled: true } }
`;

/** The fields of a pod that name other objects, and of which kind those are. */
const REFERENCES: Readonly<Record<string, string>> = {
  secretRef: "Secret",
  secretKeyRef: "Secret",
  configMap: "ConfigMap",
  persistentVolumeClaim: "PersistentVolumeClaim",
  scaleTargetRef: "Deployment",
};

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly selector?: unknown;
    readonly template?: { readonly metadata: { readonly labels: unknown } };
  };
}

const problems = [...checkChart(), ...checkNginx(), ...checkSystemd()];
rmSync(folder, { recursive: true });
for (const problem of problems) console.log(problem);
console.log(problems.length === 0 ? "The files of deploy/ are right." : `${problems.length} problems.`);
process.exitCode = problems.length === 0 ? 0 : 1;

function checkChart(): readonly string[] {
  const helm = findHelm();
  if (helm === undefined) return leaveOut("the chart", `neither Helm nor a Go that builds ${HELM_VERSION} is here`);
  const values = join(folder, "values.yaml");
  writeFileSync(values, FULL);
  const refused = run(helm, ["template", "x", CHART, "--kube-version", "1.33"]);
  return [
    ...(refused.status === 0 ? ["The chart is rendered without a key."] : []),
    ...failureOf(helm, ["lint", "--strict", CHART, "--values", values]),
    ...checkRendered(helm, ["--set", "keys.OMNIPORT_API_KEY=key"]),
    ...checkRendered(helm, ["--set", "existingSecret=mine", "--set", "replicas=3"]),
    ...checkRendered(helm, ["--values", values]),
  ];
}

/** What is rendered are objects with names, and all that is named in pods is there. */
function checkRendered(helm: string, options: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = run(helm, ["template", "x", CHART, "--kube-version", "1.33", ...options]);
  if (status !== 0) return [stderr];
  const documents = parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject | null);
  const objects = documents.filter((object) => object !== null);
  const names = new Set([...objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`), "Secret/mine"]);
  return objects.flatMap((object) => [
    ...referencesIn(object)
      .filter((name) => !names.has(name))
      .map((name) => `${object.kind}: there is no ${name}`),
    ...(isSelected(object) ? [] : [`${object.kind}/${object.metadata.name} does not select its own pods`]),
  ]);
}

/** What an object names that has to be there: `Secret/x-omniport`. */
function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const kind = REFERENCES[key];
    return kind === undefined ? referencesIn(inner) : [`${kind}/${inner.name ?? inner.claimName}`];
  });
}

function isSelected({ kind, spec }: KubernetesObject): boolean {
  if (kind !== "Deployment") return true;
  const { matchLabels } = Object(spec?.selector) as { matchLabels?: Readonly<Record<string, string>> };
  const labels = Object(spec?.template?.metadata.labels) as Readonly<Record<string, string>>;
  return Object.entries(matchLabels ?? { none: "" }).every(([name, value]) => labels[name] === value);
}

/** The one that is installed, else the one that Go builds: three minutes, once. */
function findHelm(): string | undefined {
  if (run("helm", ["version"]).status === 0) return "helm";
  const bin = join(root, "node_modules/.cache/helm", HELM_VERSION);
  const built = join(bin, process.platform === "win32" ? "helm.exe" : "helm");
  if (existsSync(built)) return built;
  console.log(`Building Helm ${HELM_VERSION} …`);
  const env = { ...process.env, GOBIN: bin };
  const { status } = spawnSync("go", ["install", `helm.sh/helm/v3/cmd/helm@${HELM_VERSION}`], { env, stdio: "ignore" });
  return status === 0 ? built : undefined;
}

/** With a certificate made for it, since nginx reads those, too. */
function checkNginx(): readonly string[] {
  if (run("nginx", ["-v"]).status !== 0) return leaveOut("deploy/proxy/nginx.conf", "nginx is not here");
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const made = run("openssl", [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-subj",
    "/CN=x",
    "-keyout",
    key,
    "-out",
    certificate,
  ]);
  if (made.status !== 0) return leaveOut("deploy/proxy/nginx.conf", "openssl is not here");
  const site = readFileSync(join(deploy, "proxy/nginx.conf"), "utf8")
    .replace(/ssl_certificate .+;/, `ssl_certificate ${certificate};`)
    .replace(/ssl_certificate_key .+;/, `ssl_certificate_key ${key};`);
  writeFileSync(
    join(folder, "nginx.conf"),
    `pid ${folder}/pid; error_log ${folder}/log; events {}\nhttp {\n${site}\n}\n`,
  );
  return failureOf("nginx", ["-t", "-c", join(folder, "nginx.conf")]);
}

function checkSystemd(): readonly string[] {
  const unit = "deploy/systemd/omniport.service";
  if (run("systemd-analyze", ["--version"]).status !== 0) return leaveOut(unit, "systemd-analyze is not here");
  return failureOf("systemd-analyze", ["verify", join(root, unit)]);
}

function run(program: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(program, args, { encoding: "utf8" });
}

function failureOf(program: string, args: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = run(program, args);
  return status === 0 ? [] : [`${program} ${args[0]}: ${stdout}${stderr}`];
}

function leaveOut(what: string, why: string): readonly string[] {
  console.log(`Left out: ${what}: ${why}.`);
  return [];
}

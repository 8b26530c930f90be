// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/workspace.h"

#include "core/base/file.h"
#include "core/base/time_zone.h"
#include "core/workspace/alert_rule.h"
#include "core/workspace/approver_key.h"
#include "core/workspace/environment.h"
#include "core/workspace/environment_read.h"
#include "core/workspace/gate_read.h"
#include "core/workspace/metric_check.h"
#include "core/workspace/retrain_read.h"
#include "core/workspace/section.h"
#include "core/workspace/slo.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::workspace {

namespace {

QString u(const char *text) { return QString::fromUtf8(text); }

/// Keys of a connection kind beside kind, url, user, secret, guard and ca_file, which all but `local` may have.
const QMap<QString, QStringList> &kindKeys() {
    static const QMap<QString, QStringList> keys{
        {u("local"), {}},
        {u("mlflow"), {u("experiment"), u("artifacts"), u("promotes")}},
        {u("jenkins"), {u("folder"), u("jobs"), u("repository")}},
        {u("kubernetes"), {u("kubeconfig"), u("context"), u("namespace"), u("ca"), u("tls_server_name"), u("proxy"), u("insecure"), u("ingress")}},
        {u("prometheus"), {u("alertmanager"), u("alerts"), u("requests_metric"), u("status_label"), u("latency_metric"), u("predictions_metric"), u("prediction_label"), u("pod_label"), u("namespace_label")}},
        {u("github"), {u("owner"), u("repo"), u("branch"), u("jobs")}},
        {u("kubeflow"), {u("namespace"), u("experiment"), u("cluster"), u("identity"), u("jobs")}},
        {u("azureml"), {u("tenant"), u("client"), u("subscription"), u("resource_group"), u("workspace"), u("region"), u("cloud"), u("authority"), u("promotes"), u("login"), u("experiment"), u("jobs")}},
        {u("git"), {u("path"), u("branch"), u("model"), u("live"), u("image"), u("remote"), u("job"), u("key_file")}},
        {u("elasticsearch"), {u("index"), u("time_field"), u("status_field"), u("latency_field"), u("latency_unit"), u("message_field"), u("pod_field"), u("namespace_field")}},
        {u("grafana"), {}},
        {u("slack"), {u("channel"), u("on")}},
        {u("vault"), {u("mount"), u("path"), u("role"), u("login"), u("login_mount"), u("namespace"), u("jwt_file")}},
        {u("images"), {u("host"), u("region"), u("account"), u("realm"), u("plain_http")}},
        {u("s3"), {u("bucket"), u("region"), u("prefix"), u("access_key"), u("addressing")}},
    };
    return keys;
}

/// "inferenceservice/NAME", "isvc/NAME.NAMESPACE/v2/models/m/infer": of KServe (core/cluster/inference_reach.h).
bool isInferenceAddress(const QString &url) {
    static const QRegularExpression form(QStringLiteral("^(?:inferenceservice|isvc)/[a-z0-9][a-z0-9-]*(?:\\.[a-z0-9][a-z0-9-]*)?(?:/[^?#]*)?$"));
    return form.match(url).hasMatch();
}

/// "service/NAME:port": what a name and a port are is told where it is reached (core/cluster/reach.h).
bool isServiceAddress(const QString &url) {
    static const QRegularExpression form(QStringLiteral("^(?:service/|services?://)[a-z0-9][a-z0-9-]*(?:\\.[a-z0-9][a-z0-9-]*)?(?::[a-z0-9][a-z0-9-]*)?(?:/[^?#]*)?$"));
    return form.match(url).hasMatch();
}

/// promotes: what a promotion moves in a registry.
QStringList promoteWords() { return {u("aliases"), u("stages")}; }

/// Everything the reading functions share while one file is read.
struct Reading {
    Workspace &workspace;
    Problems &problems;
    QString file;
    QString onlyLocal; ///< the name of the local connection if there is exactly one

    QString connection(Section &section, const QString &otherwise, const QString &key = u("connection")) {
        const QString name = section.text(key, otherwise);
        if (!name.isEmpty() && !workspace.connections.contains(name))
            addUnknown(problems, section.positionOf(key), u("connection"), name, workspace.connections.keys());
        return name;
    }
    bool isLocal(const QString &connection) const { return workspace.connections.value(connection).kind == QLatin1String("local"); }
    /// A folder, made absolute, or an address that Git takes: https, http, ssh, git, file, user@host:path.
    QString gitUrl(Section &section, const QString &key, const QString &written) {
        const QUrl parsed(written);
        if (!parsed.password().isEmpty() || (!parsed.userInfo().isEmpty() && parsed.scheme().startsWith(QLatin1String("http"))))
            problems.add(section.positionOf(key), u("“%1” carries a user name or password.").arg(key), u("Write “user: NAME” and “secret: NAME”; the value belongs in the keychain."));
        const qsizetype colon = written.indexOf(QLatin1Char(':')), slash = written.indexOf(QLatin1Char('/'));
        const bool address = colon >= 0 && (slash < 0 || colon < slash);
        static const QStringList schemes{u("https"), u("http"), u("ssh"), u("git"), u("file")};
        if (written.contains(QLatin1String("://")) && !schemes.contains(parsed.scheme()))
            problems.add(section.positionOf(key), u("“%1” is no address that Git takes.").arg(key), u("For example https://github.com/team/damage.git, git@host:team/damage.git, or a folder."));
        return address ? written : resolvedPath(written, file);
    }
    void checkUrl(Section &section, const QString &key, const QString &url) {
        const QUrl parsed(url, QUrl::StrictMode);
        if (!url.isEmpty() && (!parsed.isValid() || parsed.host().isEmpty() || (parsed.scheme() != QLatin1String("http") && parsed.scheme() != QLatin1String("https"))))
            problems.add(section.positionOf(key), u("“%1” must be a URL with http or https.").arg(key), u("For example http://127.0.0.1:5000."));
        else if (!parsed.userInfo().isEmpty())
            problems.add(section.positionOf(key), u("“%1” carries a user name or password.").arg(key), u("Write “user: NAME” and “secret: NAME”; the value belongs in the keychain."));
    }
};

/// A path of this kind's key, absolute. `kubeconfig` may be a list, as KUBECONFIG is.
QString resolvedKey(const QString &key, const QString &value, const QString &file) {
    if (key == QLatin1String("ca_file") || key == QLatin1String("key_file") || key == QLatin1String("jwt_file") || key == QLatin1String("ca"))
        return resolvedPath(value, file);
    if (key != QLatin1String("kubeconfig"))
        return value;
    QStringList paths;
    for (const QString &path : value.split(QLatin1Char(':'), Qt::SkipEmptyParts))
        paths << resolvedPath(path, file);
    return paths.join(QLatin1Char(':'));
}

/// A cluster is named by `server`, or by `url` as every other connection; the rest of its keys must fit together.
void readCluster(Reading &reading, Section &section, Connection &c) {
    if (const QString server = section.text(u("server")); !server.isEmpty()) {
        if (!c.url.isEmpty())
            reading.problems.add(section.positionOf(u("server")), u("“server” and “url” are the same thing: keep one."));
        reading.checkUrl(section, u("server"), server);
        c.url = server;
    }
    if (c.other.contains(u("insecure"))) // "yes" is one too
        c.other.insert(u("insecure"), section.boolean(u("insecure"), false) ? u("true") : u("false"));
    if (!QUrl(c.other.value(u("proxy"))).userInfo().isEmpty())
        reading.problems.add(section.positionOf(u("proxy")), u("“proxy” carries a user name or password."), u("Import a kubeconfig that has it (pilot connect add NAME --import): the keychain keeps it then."));
    if (!c.url.isEmpty() && section.has(u("kubeconfig")))
        reading.problems.add(section.positionOf(u("kubeconfig")), u("A cluster has a kubeconfig or a server, not both."));
}

/// What only makes sense for one kind.
void checkKind(Reading &reading, Section &section, const Connection &c) {
    static const QStringList logins{u("token"), u("userpass"), u("ldap"), u("approle"), u("kubernetes"), u("jwt")};
    if (const QString login = c.other.value(u("login")); c.kind == QLatin1String("vault") && !login.isEmpty() && !logins.contains(login))
        addUnknown(reading.problems, section.positionOf(u("login")), u("login"), login, logins);
    if (c.kind == QLatin1String("vault") && c.secret.startsWith(QLatin1String("vault:")))
        reading.problems.add(section.positionOf(u("secret")), u("The secret that logs in to a Vault cannot lie in a Vault."), u("Name one of the keychain, or use the login kubernetes or jwt."));
    if (const QString plain = c.other.value(u("plain_http")); !plain.isEmpty() && plain != QLatin1String("yes") && plain != QLatin1String("no") && plain != QLatin1String("true") && plain != QLatin1String("false"))
        reading.problems.add(section.positionOf(u("plain_http")), u("“plain_http” must be yes or no."));
    if (c.kind == QLatin1String("images") && c.url.isEmpty() && !c.other.contains(u("host")) && !(c.other.contains(u("region")) && c.other.contains(u("account"))))
        reading.problems.add(section.position(), u("A connection of kind images names no registry."), u("Add url: https://registry.example, host: ghcr.io (or docker.io), or region and account of ECR."));
}

void readConnection(Reading &reading, const QString &name, Section section) {
    Connection c;
    c.name = name;
    (void)section.needText(u("kind"));
    c.kind = section.word(u("kind"), knownConnectionKinds());
    if (!isPlainName(name))
        reading.problems.add(section.position(), u("“%1” cannot be a connection's name.").arg(name), u("Use letters, digits, - and _."));
    if (c.kind.isEmpty())
        return;
    c.guard = section.word(u("guard"), {u("none"), u("typed-name"), u("read-only")});
    if (c.kind == QLatin1String("local")) {
        c.root = resolvedPath(section.needText(u("root")), reading.file);
        if (const QString promotes = section.word(u("promotes"), promoteWords()); !promotes.isEmpty())
            c.other.insert(u("promotes"), promotes);
    } else {
        c.url = section.text(u("url"));
        if (c.kind == QLatin1String("git"))
            c.url = reading.gitUrl(section, u("url"), section.needText(u("url")));
        else if (!(c.kind == QLatin1String("azureml") && c.url.startsWith(QLatin1String("azureml://"))))
            reading.checkUrl(section, u("url"), c.url);
        c.user = section.text(u("user"));
        c.secret = section.text(u("secret"));
        QStringList others = kindKeys().value(c.kind);
        others << u("ca_file");
        for (const QString &key : std::as_const(others)) {
            const QString value = key == QLatin1String("on") || key == QLatin1String("jobs") ? section.texts(key).join(QLatin1Char(',')) : key == QLatin1String("promotes") ? section.word(key, promoteWords()) : section.text(key);
            if (!value.isEmpty())
                c.other.insert(key, resolvedKey(key, value, reading.file));
        }
        if (c.kind == QLatin1String("kubernetes"))
            readCluster(reading, section, c);
        checkKind(reading, section, c);
    }
    section.finish();
    reading.workspace.connections.insert(name, c);
}

void readJudge(Reading &reading, decltype(Model::deployment)::Judge &judge, Section section) {
    judge.prometheus = section.text(u("prometheus"));
    if (!judge.prometheus.isEmpty() && reading.workspace.connections.value(judge.prometheus).kind != QLatin1String("prometheus"))
        reading.problems.add(section.positionOf(u("prometheus")), u("“%1” is no connection of kind prometheus.").arg(judge.prometheus));
    static const QStringList figures{u("requests"), u("failed"), u("p95_ms"), u("labelled"), u("mean_loss"), u("loss_deviation")};
    for (auto [key, queries] : {std::pair(u("stable"), &judge.stable), std::pair(u("canary"), &judge.canary)}) {
        *queries = section.textMap(key);
        for (const QString &figure : queries->keys())
            if (!figures.contains(figure))
                reading.problems.add(section.positionOf(key), u("A canary is not judged on “%1”.").arg(figure), u("Known: %1.").arg(figures.join(u(", "))));
    }
    if (judge.prometheus.isEmpty() && !(judge.stable.isEmpty() && judge.canary.isEmpty()))
        reading.problems.add(section.position(), u("“judge” has queries and no connection that answers them."), u("For example prometheus: prom, with connections: {prom: {kind: prometheus, url: …}}."));
    judge.minimumRequests = int(section.integer(u("minimum_requests"), judge.minimumRequests, 1, 1'000'000'000));
    judge.minimumLabelled = int(section.integer(u("minimum_labelled"), judge.minimumLabelled, 10, 1'000'000'000));
    if (const QString after = section.duration(u("without_labels")); !after.isEmpty())
        judge.withoutLabelsSeconds = int(parseDuration(after).value_or(0));
    judge.maxLatencyRatio = section.number(u("max_latency_ratio"), judge.maxLatencyRatio, 0, 1000);
    judge.maxOutputPsi = section.number(u("max_output_psi"), judge.maxOutputPsi, 0, 100);
    judge.maxDisagreement = section.number(u("max_disagreement"), judge.maxDisagreement, 0, 1);
    judge.advance = section.boolean(u("advance"), judge.advance);
    section.finish();
}

void readDeployment(Reading &reading, Model &model, Section section) {
    auto &d = model.deployment;
    d.connection = reading.connection(section, reading.onlyLocal);
    d.target = section.text(u("target"), reading.isLocal(d.connection) ? u("serving/") + model.name : QString());
    d.space = section.text(u("namespace"));
    d.image = section.text(u("image"));
    d.container = section.text(u("container"));
    d.weights = section.text(u("weights"));
    d.claim = section.text(u("claim"));
    d.writer = section.text(u("writer"));
    if (!d.weights.isEmpty() && !d.target.startsWith(QLatin1String("deployment/")))
        reading.problems.add(section.positionOf(u("weights")), u("“weights” is of a Deployment's pods, and the target is “%1”.").arg(d.target), u("Write target: deployment/NAME."));
    if (!d.weights.isEmpty() && !d.image.isEmpty())
        reading.problems.add(section.positionOf(u("weights")), u("A version is either an image or weights on a volume."), u("Take “image” or “weights” out."));
    if (d.weights.isEmpty() && !(d.claim.isEmpty() && d.writer.isEmpty()))
        reading.problems.add(section.positionOf(d.claim.isEmpty() ? u("writer") : u("claim")), u("“claim” and “writer” are of “weights”, which is not there."), u("For example weights: t2m.pt."));
    for (const QString &placeholder : imagePlaceholders(d.image)) {
        static const QStringList known{u("version"), u("run"), u("model"), u("commit")};
        const bool cut = placeholder.startsWith(QLatin1String("commit:")) && placeholder.mid(7).toInt() > 0;
        if (!known.contains(placeholder) && !cut && !(placeholder.startsWith(QLatin1String("tag:")) && placeholder.size() > 4))
            reading.problems.add(section.positionOf(u("image")), u("“{%1}” is not known in an image.").arg(placeholder), u("Known are {version}, {run}, {model}, {commit}, {commit:7} and {tag:NAME}."));
    }
    const bool container = d.target.startsWith(QLatin1String("container/")) && isPlainName(d.target.mid(10)); // of the engine of this machine
    if (container || d.target.startsWith(QLatin1String("deployment/"))) // its pods are replaced by the cluster's own strategy
        d.steps = {100};
    if (reading.isLocal(d.connection) && !container && !(d.target.startsWith(QLatin1String("serving/")) && isPlainName(d.target.mid(8))))
        reading.problems.add(section.positionOf(u("target")), u("A local target must read serving/NAME, not “%1”.").arg(d.target), u("A container of this machine's engine is container/NAME."));
    if (const YamlNode *steps = section.node(u("steps"))) {
        d.steps.clear();
        for (const auto &item : steps->items)
            d.steps.push_back(item->kind == YamlNode::Kind::Scalar ? item->text.toInt() : 0);
        const bool rising = std::adjacent_find(d.steps.begin(), d.steps.end(), std::greater_equal<>()) == d.steps.end();
        if (d.steps.empty() || d.steps.front() < 1 || d.steps.back() != 100 || !rising)
            reading.problems.add(section.positionOf(u("steps")), u("“steps” must be rising whole percentages that end with 100."), u("For example [10, 50, 100]."));
    }
    d.stepSeconds = int(section.integer(u("step_seconds"), d.stepSeconds, 1, 30 * 86400));
    d.maxErrorRate = section.number(u("max_error_rate"), d.maxErrorRate, 0, 1);
    if (section.has(u("judge")))
        readJudge(reading, d.judge, section.section(u("judge")));
    section.finish();
}

void readEndpoint(Reading &reading, Model &model, Section section) {
    auto &e = model.endpoint;
    e.url = section.text(u("url"));
    const bool inference = isInferenceAddress(e.url), inCluster = inference || isServiceAddress(e.url); // then a connection says which cluster
    if (!inCluster)
        reading.checkUrl(section, u("url"), e.url);
    e.connection = reading.connection(section, e.url.isEmpty() ? reading.onlyLocal : QString());
    if (inCluster && !e.connection.isEmpty() && reading.workspace.connections.contains(e.connection) && reading.workspace.connections.value(e.connection).kind != QLatin1String("kubernetes"))
        reading.problems.add(section.positionOf(u("connection")), u("“%1” is no connection to a cluster.").arg(e.connection), u("A service in a cluster is reached by a connection of kind kubernetes."));
    e.reach = section.word(u("reach"), {u("auto"), u("load-balancer"), u("ingress"), u("port-forward"), u("proxy")}, u("auto"));
    e.protocol = section.word(u("protocol"), {u("rest"), u("kserve-v1"), u("kserve-v2")}, inference ? u("kserve-v1") : u("rest"));
    e.secret = section.text(u("secret"));
    e.profile = resolvedPath(section.text(u("profile")), reading.file);
    if (!e.url.isEmpty() && !e.connection.isEmpty() && !inCluster)
        reading.problems.add(section.position(), u("“endpoint” names both a connection and a URL."), u("Keep one of the two."));
    section.finish();
}

void readWatch(Reading &reading, Model &model, const YamlNode *list) {
    if (!list || list->kind == YamlNode::Kind::Null)
        return;
    if (list->kind != YamlNode::Kind::List) {
        reading.problems.add(list->position, u("“watch” must be a list."), u("Write one “- {metric: mae, max: 1.5}” a line."));
        return;
    }
    for (const auto &item : list->items) {
        Section entry(item.get(), reading.problems, u("watch"), list->position);
        Model::Watch w;
        w.metric = entry.text(u("metric"));
        w.source = entry.word(u("source"), {u("registry"), u("endpoint")}, u("registry"));
        w.unit = entry.text(u("unit"));
        w.max = entry.maybeNumber(u("max"));
        w.min = entry.maybeNumber(u("min"));
        w.cadence = entry.duration(u("cadence"));
        w.staleness = entry.duration(u("staleness"));
        entry.finish();
        if (const QString wrong = sloProblem(w); !wrong.isEmpty())
            reading.problems.add(entry.position(), wrong, u("For example {metric: availability, min: 99.9} or {metric: latency_p95, max: 100}."));
        if (!w.metric.isEmpty() && !isSloMetric(w.metric))
            checkMetric(reading.problems, entry.positionOf(u("metric")), u("metric"), w.metric, knownMetrics() + sloMetrics(), targetsOf(model.recipe, w.metric));
        if (w.metric.isEmpty() == w.staleness.isEmpty())
            reading.problems.add(entry.position(), u("A watch needs either metric or staleness."), u("For example {metric: mae, max: 1.5} or {staleness: 36h}."));
        if (w.min && w.max && *w.min > *w.max)
            reading.problems.add(entry.position(), u("In this watch min is greater than max."));
        model.watch.push_back(w);
    }
}

/// Where a retraining may run: connections by their names, and kinds.
QStringList executorsOf(const Reading &reading) {
    QStringList executors = reading.workspace.connections.keys();
    for (const char *kind : {"local", "kubernetes", "pytorchjob", "kubeflow", "azureml", "jenkins", "github"})
        if (!executors.contains(QLatin1String(kind)))
            executors << QLatin1String(kind);
    return executors;
}

/// How a training's pods are made in a cluster; of the lists each entry is a line.
void readTrainingPods(Section &pipeline, Model &m) {
    for (const char *key : {"image", "cpu", "memory", "service_account", "data", "out", "pilot_image"})
        if (const QString value = pipeline.text(QLatin1String(key)); !value.isEmpty())
            m.pipeline.other.insert(QLatin1String(key), value);
    if (const QString kind = pipeline.word(u("kind"), {u("job"), u("pytorchjob"), u("trainjob")}); !kind.isEmpty())
        m.pipeline.other.insert(u("kind"), kind);
    if (const qint64 workers = pipeline.integer(u("workers"), 1, 1, 1000); workers > 1)
        m.pipeline.other.insert(u("workers"), QString::number(workers));
    for (const char *key : {"command", "volumes", "secrets", "annotations"})
        if (const QStringList values = pipeline.texts(QLatin1String(key)); !values.isEmpty())
            m.pipeline.other.insert(QLatin1String(key), values.join(QLatin1Char('\n')));
}

/// When the pipeline of this machine begins by itself: `schedule: {cron: "0 2 * * *"}` or `{every: 1d}`, with `catch_up`.
void readSchedule(Reading &reading, Section &pipeline, Model &m) {
    if (!pipeline.has(u("schedule")))
        return;
    Section schedule = pipeline.section(u("schedule"));
    const QString cron = schedule.text(u("cron")), every = schedule.duration(u("every"));
    const bool catchUp = schedule.boolean(u("catch_up"), false);
    schedule.finish();
    if (cron.isEmpty() == every.isEmpty())
        reading.problems.add(schedule.position(), u("“schedule” of model “%1” needs either cron or every.").arg(m.name), u("Write {cron: \"0 2 * * *\"} or {every: 1d}."));
    else if (!reading.isLocal(m.pipeline.connection))
        reading.problems.add(schedule.position(), u("“schedule” begins pipelines of this machine; that of model “%1” runs on %2.").arg(m.name, m.pipeline.connection),
                             u("Give it a schedule there: pilot pipelines schedule create %1:JOB.").arg(m.pipeline.connection));
    if (!cron.isEmpty())
        m.pipeline.other.insert(u("schedule_cron"), cron);
    if (!every.isEmpty())
        m.pipeline.other.insert(u("schedule_every"), every);
    m.pipeline.other.insert(u("catch_up"), catchUp ? u("yes") : u("no"));
}

/// What of a model's pipeline is not the training's pods: `deploy` is a second run that follows the first, behind an approval of ours where `approval` says so.
void readPipeline(Reading &reading, Section &pipeline, Model &m) {
    for (const char *key : {"workflow", "branch", "experiment", "namespace", "deploy", "deploy_branch"})
        if (const QString value = pipeline.text(QLatin1String(key)); !value.isEmpty())
            m.pipeline.other.insert(QLatin1String(key), value);
    if (pipeline.has(u("deploy_connection")))
        m.pipeline.other.insert(u("deploy_connection"), reading.connection(pipeline, {}, u("deploy_connection")));
    for (const char *key : {"sla", "retry_after"})
        if (const QString value = pipeline.text(QLatin1String(key)); !value.isEmpty()) {
            if (const auto seconds = parseDuration(value); !seconds)
                reading.problems.add(pipeline.positionOf(QLatin1String(key)), seconds.error().what, u("Write it as 2h, 15min or 90s."));
            m.pipeline.other.insert(QLatin1String(key), value);
        }
    if (const qint64 retries = pipeline.integer(u("retries"), 0, 0, 100); retries > 0)
        m.pipeline.other.insert(u("retries"), QString::number(retries));
    if (pipeline.has(u("approval")))
        m.pipeline.other.insert(u("approval"), pipeline.boolean(u("approval"), false) ? u("yes") : u("no"));
    for (const char *key : {"parameters", "deploy_parameters"}) {
        const QMap<QString, QString> values = pipeline.textMap(QLatin1String(key));
        QStringList lines;
        for (auto it = values.begin(); it != values.end(); ++it)
            lines << it.key() + QLatin1Char('=') + it.value();
        if (!lines.isEmpty())
            m.pipeline.other.insert(QLatin1String(key), lines.join(QLatin1Char('\n')));
    }
    readSchedule(reading, pipeline, m);
    QStringList gates;
    for (const GateSpec &gate : readRunGates(pipeline))
        gates << gate.text();
    if (!gates.isEmpty())
        m.pipeline.other.insert(u("gates"), gates.join(QLatin1Char('\n')));
}

/// labels: {source, query, every} of a model; a path is one beside the workspace file.
LabelsSource readLabelsSource(Section section, const QString &file) {
    LabelsSource labels;
    const QString written = section.needText(u("source"));
    if (written.contains(u("://")) && !written.startsWith(u("http://")) && !written.startsWith(u("https://")) && !written.startsWith(u("s3://")))
        section.problems().add(section.positionOf(u("source")), u("Labels cannot be read from “%1”.").arg(written), u("Name a file, http(s)://…, s3://BUCKET/KEY or dvc:PATH."));
    labels.source = written.startsWith(u("dvc:")) ? u("dvc:") + resolvedPath(written.mid(4), file) : resolvedPath(written, file);
    labels.query = section.text(u("query"));
    labels.every = section.duration(u("every"), labels.every);
    section.finish();
    return labels;
}

void readModel(Reading &reading, const QString &name, Section section) {
    Model m;
    m.name = name;
    if (!isPlainName(name))
        reading.problems.add(section.position(), u("“%1” cannot be a model's name: it also becomes a folder.").arg(name), u("Use letters, digits, - and _."));
    Section registry = section.section(u("registry"));
    m.registry.connection = reading.connection(registry, reading.onlyLocal);
    m.registry.name = registry.text(u("name"), name);
    m.registry.champion = registry.text(u("champion"), m.registry.champion);
    if (!isPlainName(m.registry.name) && reading.isLocal(m.registry.connection))
        reading.problems.add(registry.positionOf(u("name")), u("“%1” cannot be a registry name: it also becomes a folder.").arg(m.registry.name));
    if (m.registry.connection.isEmpty())
        reading.problems.add(section.positionOf(u("registry")), u("“registry” of model “%1” names no connection.").arg(name),
                             u("Add “registry: {connection: NAME}”; with exactly one local connection it may be left out."));
    registry.finish();
    m.recipe = resolvedPath(section.text(u("recipe")), reading.file);
    if (section.has(u("pipeline"))) {
        Section pipeline = section.section(u("pipeline"));
        m.pipeline.connection = reading.connection(pipeline, reading.onlyLocal);
        m.pipeline.job = pipeline.text(u("job"));
        readPipeline(reading, pipeline, m);
        readTrainingPods(pipeline, m);
        pipeline.finish();
    }
    if (section.has(u("deployment")))
        readDeployment(reading, m, section.section(u("deployment")));
    if (section.has(u("endpoint")))
        readEndpoint(reading, m, section.section(u("endpoint")));
    readWatch(reading, m, section.node(u("watch")));
    Section promotion = section.section(u("promotion"));
    m.promotion.approvals = int(promotion.integer(u("approvals"), 1, 1, 20));
    m.promotion.preventSelfApproval = promotion.boolean(u("prevent_self_approval"), false);
    m.promotion.approvalExpires = promotion.duration(u("approval_expires"), m.promotion.approvalExpires);
    promotion.finish();
    m.retrain = readRetrainPolicy(section.section(u("retrain")), executorsOf(reading), m.recipe);
    m.reference = resolvedPath(section.text(u("reference")), reading.file);
    m.notes = section.text(u("notes"));
    if (section.has(u("labels")))
        m.labels = readLabelsSource(section.section(u("labels")), reading.file);
    section.finish();
    reading.workspace.models.push_back(m);
}

void readNotification(Reading &reading, const QString &name, Section section) {
    Notification n;
    n.name = name;
    (void)section.needText(u("kind"));
    n.kind = section.word(u("kind"), {u("slack"), u("webhook"), u("mail"), u("desktop")});
    n.secret = section.text(u("secret"));
    n.url = section.text(u("url"));
    reading.checkUrl(section, u("url"), n.url);
    n.channel = section.text(u("channel"));
    n.on = section.texts(u("on"));
    const QStringList events{u("accuracy"), u("alert"), u("approval"), u("drift"), u("gate"), u("pipeline"), u("retrain"), u("rollout"), u("staleness")};
    for (const QString &event : std::as_const(n.on))
        if (!events.contains(event))
            addUnknown(reading.problems, section.positionOf(u("on")), u("event"), event, events);
    section.finish();
    reading.workspace.notifications.insert(name, n);
}

/// approvers: {NAME: ed25519:BASE64…}: whose signature an approval may carry.
void readApprovers(Reading &reading, const Section &section) {
    if (!section.map())
        return;
    for (const auto &[name, value] : section.map()->entries) {
        if (!isPlainName(name->text))
            reading.problems.add(name->position, u("“%1” cannot be an approver's name.").arg(name->text), u("Write the name of the user, as the journal has it."));
        const auto key = approverKeyBytes(value->kind == YamlNode::Kind::Scalar ? value->text : QString());
        if (!key)
            reading.problems.add(value->kind == YamlNode::Kind::Null ? name->position : value->position, u("The approver “%1” has no public key here: %2").arg(name->text, key.error().what), key.error().hint);
        else
            reading.workspace.approvers.insert(name->text, approverKeyText(*key));
    }
}

/// Calls `read(reading, NAME, section of NAME)` for every entry of a map of maps.
template<class Read>
void readEach(Reading &reading, Section &top, const QString &key, Read read) {
    Section all = top.section(key);
    if (!all.map())
        return;
    for (const auto &[name, value] : all.map()->entries)
        read(reading, name->text, Section(value.get(), reading.problems, name->text, name->position));
}

} // namespace

QString roleName(Role role) {
    switch (role) {
    case Role::Viewer: return u("viewer");
    case Role::Operator: return u("operator");
    case Role::Approver: return u("approver");
    }
    return {};
}

QStringList imagePlaceholders(const QString &image) {
    QStringList out;
    for (qsizetype open = image.indexOf(QLatin1Char('{')); open >= 0; open = image.indexOf(QLatin1Char('{'), open + 1))
        if (const qsizetype close = image.indexOf(QLatin1Char('}'), open); close > 0)
            out << image.mid(open + 1, close - open - 1);
    return out;
}

const QStringList &knownConnectionKinds() {
    static const QStringList kinds = kindKeys().keys();
    return kinds;
}

QStringList connectionKeys(const QString &kind) { return kindKeys().value(kind); }

const Model *Workspace::model(const QString &wanted) const {
    const auto found = std::find_if(models.begin(), models.end(), [&](const Model &m) { return m.name == wanted; });
    return found == models.end() ? nullptr : &*found;
}

QString Workspace::registryConnection(const Model &model) const { return workspace::registryConnection(*this, model.registry.connection); }

Result<QString> Workspace::localRoot(const QString &connection) const {
    const auto found = connections.find(connection);
    if (found == connections.end())
        return notFound(u("There is no connection “%1” in this workspace.").arg(connection), file, u("Add one: pilot connect add %1 --kind local --root FOLDER").arg(connection));
    if (found->kind != QLatin1String("local"))
        return notFound(u("The connection “%1” is of kind %2, which this version does not use.").arg(connection, found->kind), file, u("Use a connection of kind local."));
    return found->root;
}

Result<Workspace> parseWorkspace(const QByteArray &yaml, const QString &file) {
    const YamlPlaces places(yaml, file);
    PH_ASSIGN(const YamlPointer root, parseYaml(places));
    Problems problems(places);
    Section top(root.get(), problems, u("the workspace"));
    Workspace w;
    w.file = resolvedPath(file, QString());
    w.name = top.needText(u("workspace"));
    const QStringList roles{u("viewer"), u("operator"), u("approver")};
    w.role = Role(std::max<qsizetype>(0, roles.indexOf(top.word(u("role"), roles, roles.last()))));
    w.zone = top.text(u("zone"), w.zone);
    if (!isTimeZone(w.zone))
        problems.add(top.positionOf(u("zone")), u("Unknown time zone “%1”.").arg(w.zone), timeZoneHint(w.zone));
    Reading reading{w, problems, file, {}};
    readEach(reading, top, u("connections"), readConnection);
    QStringList locals;
    for (const Connection &c : std::as_const(w.connections))
        if (c.kind == QLatin1String("local"))
            locals << c.name;
    if (locals.size() == 1)
        reading.onlyLocal = locals.first();
    readEach(reading, top, u("models"), readModel);
    readEnvironments(top, w);
    readEach(reading, top, u("notifications"), readNotification);
    (void)readAlerts(top, w); // checked here, read by who evaluates them (readAlertRules)
    readApprovers(reading, top.section(u("approvers")));
    top.finish();
    if (problems.any())
        return problems.error();
    return w;
}

Result<Workspace> readWorkspace(const QString &file) {
    const QString path = QFileInfo(file).absoluteFilePath();
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    return parseWorkspace(bytes, path);
}

Result<QString> findWorkspace(const QString &option, const QString &startFolder) {
    const QString name = u("pilothouse.yaml");
    const QString hint = u("Name a file with --workspace or PILOTHOUSE_WORKSPACE, or make one to try with: pilot demo");
    for (const auto &[given, by] : {std::pair{option, u("--workspace")}, std::pair{qEnvironmentVariable("PILOTHOUSE_WORKSPACE"), u("PILOTHOUSE_WORKSPACE")}}) {
        if (given.isEmpty())
            continue;
        const QString path = resolvedPath(given, startFolder + QLatin1Char('/') + name);
        if (QFileInfo(path).isDir() && QFileInfo::exists(path + QLatin1Char('/') + name))
            return path + QLatin1Char('/') + name;
        if (QFileInfo(path).isFile())
            return path;
        return notFound(u("There is no workspace file there (named by %1).").arg(by), path, hint);
    }
    QDir folder(QFileInfo(startFolder).absoluteFilePath());
    do {
        if (QFileInfo(folder.filePath(name)).isFile())
            return folder.absoluteFilePath(name);
    } while (folder.cdUp());
    return notFound(u("There is no pilothouse.yaml here or in a folder above."), startFolder, hint);
}

Result<qint64> parseDuration(const QString &text) {
    static const QRegularExpression form(u(R"(^\s*(\d{1,9})\s*(s|min|h|d|w)\s*$)"));
    static const QMap<QString, qint64> units{{u("s"), 1}, {u("min"), 60}, {u("h"), 3600}, {u("d"), 86400}, {u("w"), 604800}};
    const auto match = form.match(text);
    const qint64 seconds = match.captured(1).toLongLong() * units.value(match.captured(2));
    if (!match.hasMatch() || seconds <= 0)
        return invalid(u("“%1” is not a time.").arg(text), {}, u("Write a whole number and a unit: 90s, 15min, 36h, 7d, 2w."));
    return seconds;
}

} // namespace pilothouse::workspace

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workspace/connection_fields.h"

#include <QCoreApplication>

namespace pilothouse::ui {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ConnectionFields)
};

ConnectionKey key(const char *name, const QString &label, const QString &help = {}, const QStringList &choices = {}) { return {QLatin1String(name), label, help, choices}; }

ConnectionKey caFile() { return key("ca_file", Text::tr("CA file"), Text::tr("PEM of a private authority; empty: the system's")); }
QStringList promotes() { return {QString(), QStringLiteral("aliases"), QStringLiteral("stages")}; }

std::vector<ConnectionKey> clusterKeys() {
    return {key("namespace", Text::tr("Namespace"), Text::tr("Empty: the context's, else all that may be seen")), key("ingress", Text::tr("Ingress address"), Text::tr("By which KServe's hosts are reached, http://…")),
            key("ca", Text::tr("CA file"), Text::tr("Of a server named by its address")), key("tls_server_name", Text::tr("TLS server name"), Text::tr("Where the certificate has another name")),
            key("proxy", Text::tr("Proxy")), key("insecure", Text::tr("Certificate is not looked at"), {}, {QString(), QStringLiteral("yes")}), caFile()};
}

std::vector<ConnectionKey> azureKeys() {
    return {key("subscription", Text::tr("Subscription")), key("resource_group", Text::tr("Resource group")), key("workspace", Text::tr("Workspace")), key("region", Text::tr("Region"), QStringLiteral("westeurope")),
            key("tenant", Text::tr("Tenant"), Text::tr("Of the directory: identifier or domain")), key("client", Text::tr("Client"), Text::tr("Application that signs in; its secret is the one above")),
            key("login", Text::tr("Sign-in"), {}, {QString(), QStringLiteral("client"), QStringLiteral("device")}), key("cloud", Text::tr("Cloud"), {}, {QString(), QStringLiteral("public"), QStringLiteral("china"), QStringLiteral("usgovernment")}),
            key("experiment", Text::tr("Experiment")), key("jobs", Text::tr("Only these jobs"), Text::tr("Names, commas between; empty: all")), key("authority", Text::tr("Directory"), Text::tr("Of a cloud of its own, https://…")),
            key("promotes", Text::tr("A promotion moves"), {}, promotes()), caFile()};
}

std::vector<ConnectionKey> vaultKeys() {
    return {key("login", Text::tr("Login"), {}, {QString(), QStringLiteral("token"), QStringLiteral("userpass"), QStringLiteral("ldap"), QStringLiteral("approle"), QStringLiteral("kubernetes"), QStringLiteral("jwt")}),
            key("mount", Text::tr("Mount"), Text::tr("Of the key-value store; empty: secret")), key("path", Text::tr("Path")), key("role", Text::tr("Role"), Text::tr("Of the logins kubernetes and jwt")), key("login_mount", Text::tr("Mount of the login")),
            key("namespace", Text::tr("Namespace")), key("jwt_file", Text::tr("Token file"), Text::tr("Of the login jwt; empty: the pod's")), caFile()};
}

} // namespace

std::vector<ConnectionKey> connectionKeysOf(const QString &kind) {
    const auto is = [&](const char *name) { return kind == QLatin1String(name); };
    const ConnectionKey jobs = key("jobs", Text::tr("Only these jobs"), Text::tr("Names, commas between; empty: all"));
    if (is("mlflow"))
        return {key("experiment", Text::tr("Experiment"), Text::tr("That runs of this machine go to")), key("artifacts", Text::tr("Artifact store"), Text::tr("S3 connection, where the server does not hand artifacts through")), key("promotes", Text::tr("A promotion moves"), {}, promotes()), caFile()};
    if (is("jenkins"))
        return {key("folder", Text::tr("Folder"), QStringLiteral("weather/models")), jobs, key("repository", Text::tr("Repository"), Text::tr("That its builds are of: owner/name or an address")), caFile()};
    if (is("github"))
        return {key("owner", Text::tr("Owner")), key("repo", Text::tr("Repository")), key("branch", Text::tr("Branch"), Text::tr("Empty: its default branch")), key("jobs", Text::tr("Only these workflows"), Text::tr("File names, commas between; empty: all")), caFile()};
    if (is("kubeflow"))
        return {key("namespace", Text::tr("Namespace")), key("experiment", Text::tr("Experiment")), key("cluster", Text::tr("Cluster"), Text::tr("Connection whose pods have the logs")), key("identity", Text::tr("Identity header"), QStringLiteral("kubeflow-userid")), jobs, caFile()};
    if (is("kubernetes"))
        return clusterKeys();
    if (is("azureml"))
        return azureKeys();
    if (is("vault"))
        return vaultKeys();
    if (is("images"))
        return {key("host", Text::tr("Registry"), QStringLiteral("ghcr.io, docker.io")), key("region", Text::tr("AWS region"), Text::tr("Of ECR; user and secret are the access key then")), key("account", Text::tr("AWS account"), Text::tr("Of ECR, 12 digits")),
                key("realm", Text::tr("Login server"), Text::tr("That the credential may be given to, where it is another one")), key("plain_http", Text::tr("Without TLS"), {}, {QString(), QStringLiteral("yes")}), caFile()};
    if (is("s3"))
        return {key("bucket", Text::tr("Bucket")), key("region", Text::tr("Region")), key("prefix", Text::tr("Prefix")), key("access_key", Text::tr("Access key"), Text::tr("Its secret is the one above")), key("addressing", Text::tr("Addressing"), {}, {QString(), QStringLiteral("path"), QStringLiteral("virtual")}), caFile()};
    if (is("git"))
        return {key("path", Text::tr("Folder of artifacts"), QStringLiteral("ml/artifacts")), key("branch", Text::tr("Branch"), Text::tr("Empty: its default branch")), key("model", Text::tr("Model")), key("live", Text::tr("Live is"), QStringLiteral("branch:production, tag:live, merge:live")),
                key("image", Text::tr("Image"), QStringLiteral("ghcr.io/team/api")), key("job", Text::tr("Job in the message"), Text::tr("Expression whose first group is the job's name")), key("remote", Text::tr("Pushes go to")), key("key_file", Text::tr("SSH key file")), caFile()};
    if (is("prometheus"))
        return {key("alertmanager", Text::tr("Alertmanager"), QStringLiteral("http://…:9093")), key("alerts", Text::tr("Alerts that are shown"), Text::tr("models: those of this workspace's models"), {QString(), QStringLiteral("models"), QStringLiteral("none")}), key("requests_metric", Text::tr("Metric of requests")), key("status_label", Text::tr("Label of the status")), key("latency_metric", Text::tr("Metric of latency")),
                key("predictions_metric", Text::tr("Metric of predictions")), key("prediction_label", Text::tr("Label of the prediction")), key("pod_label", Text::tr("Label of the pod")), key("namespace_label", Text::tr("Label of the namespace")), caFile()};
    if (is("grafana"))
        return {caFile()};
    if (is("elasticsearch"))
        return {key("index", Text::tr("Index"), QStringLiteral("filebeat-*")), key("status_field", Text::tr("Field of the status"), QStringLiteral("http.response.status_code")), key("latency_field", Text::tr("Field of the duration"), QStringLiteral("event.duration")),
                key("latency_unit", Text::tr("Its unit"), {}, {QString(), QStringLiteral("ns"), QStringLiteral("us"), QStringLiteral("ms"), QStringLiteral("s")}), key("message_field", Text::tr("Field of the line"), QStringLiteral("message")), key("time_field", Text::tr("Field of the time"), QStringLiteral("@timestamp")),
                key("pod_field", Text::tr("Field of the pod"), QStringLiteral("kubernetes.pod.name")), key("namespace_field", Text::tr("Field of the namespace"), QStringLiteral("kubernetes.namespace")), caFile()};
    if (is("slack"))
        return {key("channel", Text::tr("Channel")), key("on", Text::tr("Tells of"), QStringLiteral("staleness, accuracy, gate, drift")), caFile()};
    return {};
}

ConnectionBasics connectionBasicsOf(const QString &kind) {
    const auto is = [&](const char *name) { return kind == QLatin1String(name); };
    ConnectionBasics b{Text::tr("Address"), Text::tr("Its address, https://…"), Text::tr("User"), {}, Text::tr("Token or password"), true};
    if (is("local"))
        return {Text::tr("Folder"), Text::tr("Registry, journal and serving live here"), {}, {}, {}, true};
    if (is("kubernetes"))
        return {Text::tr("Kubeconfig or address"), Text::tr("A file, or https://…; empty: the file that kubectl uses"), Text::tr("Context"), Text::tr("Of the kubeconfig; empty: its current one"), Text::tr("Token or password"), false};
    if (is("vault"))
        b.userLabel = Text::tr("User or role id");
    if (is("images")) {
        b.whereHelp = Text::tr("Its address, https://…; empty with a registry's name or ECR below");
        b.needsWhere = false;
    }
    if (is("github")) {
        b.whereHelp = Text::tr("Of an Enterprise server, https://…/api/v3; empty: github.com");
        b.userLabel.clear();
        b.secretLabel = Text::tr("Token");
        b.needsWhere = false;
    }
    if (is("azureml")) {
        b.whereHelp = Text::tr("MLflow address of the workspace; empty: made of the fields below");
        b.userLabel.clear();
        b.secretLabel = Text::tr("Client secret");
        b.needsWhere = false;
    }
    if (is("git"))
        b.whereHelp = Text::tr("A folder, or the address that Git takes");
    if (is("s3")) {
        b.whereHelp = Text::tr("Of MinIO and others, http://…; empty: AWS");
        b.userLabel.clear();
        b.secretLabel = Text::tr("Secret key");
        b.needsWhere = false;
    }
    if (is("slack")) {
        b.whereLabel.clear();
        b.userLabel.clear();
        b.secretLabel = Text::tr("Webhook's address");
        b.needsWhere = false;
    }
    return b;
}

} // namespace pilothouse::ui

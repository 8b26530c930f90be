// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/azureml.h"
#include "app/estate/wire.h"

#include <QUrl>

#include <algorithm>

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

QJsonObject resource(const QString &base, const QString &path, const QJsonObject &properties)
{
    return {{Q("id"), base + QLatin1Char('/') + path}, {Q("name"), path.section(QLatin1Char('/'), -1)}, {Q("type"), Q("Microsoft.MachineLearningServices/workspaces/") + path.section(QLatin1Char('/'), 0, 0)}, {Q("properties"), properties}};
}

/// Puts what is linked to where it is fetched from, if that listens apart from this one.
void publish(const StandIn &from, const QString &path, const QByteArray &bytes, const QByteArray &type)
{
    if (from.tell)
        from.tell(Q("blobs"), Q("keep"), {{Q("path"), path}, {Q("base64"), QString::fromLatin1(bytes.toBase64())}, {Q("type"), QString::fromLatin1(type)}});
}

} // namespace

std::optional<Answer> AzureMlStandIn::schedules(const Call &call, const QString &path)
{
    const QString base = call.path.left(call.path.size() - path.size() - 1);
    if (path == Q("schedules")) {
        QJsonArray all;
        for (const QJsonValue &one : m_schedules)
            all.append(resource(base, Q("schedules/") + one[Q("name")].toString(), one[Q("properties")].toObject()));
        return Answer::json(QJsonObject{{Q("value"), all}});
    }
    const auto one = matched(path, "schedules/{}");
    if (!one)
        return std::nullopt;
    for (qsizetype i = 0; i < m_schedules.size(); ++i) {
        QJsonObject schedule = m_schedules[i].toObject();
        if (schedule[Q("name")].toString() != one->front())
            continue;
        if (call.method == "PUT") { // the whole is put: what is left out is gone
            schedule[Q("properties")] = call.json()[Q("properties")];
            m_schedules[i] = schedule;
        }
        return Answer::json(resource(base, path, schedule[Q("properties")].toObject()));
    }
    return Answer::json(QJsonObject{{Q("error"), QJsonObject{{Q("code"), Q("UserError")}, {Q("message"), Q("Schedule was not found")}}}}, 404);
}

QString AzureMlStandIn::missing(const QJsonObject &properties) const
{
    static const QStringList there{Q("computes/cpu-cluster"), Q("environments/mlops-env/versions/1"), Q("data/training-data/versions/1"), Q("codes/azureml-code/versions/1")};
    QStringList named;
    for (const char *field : {"computeId", "environmentId", "codeId"})
        named << properties[Q(field)].toString();
    for (const QJsonValue &input : properties[Q("inputs")].toObject())
        named << input[Q("uri")].toString();
    for (const QString &id : std::as_const(named)) {
        const QString asset = id.startsWith(Q("/subscriptions/")) ? id.section(Q("/workspaces/"), 1).section(QLatin1Char('/'), 1) : QString();
        if (!asset.isEmpty() && !there.contains(asset) && !m_codes.count(asset.mid(6)))
            return asset;
    }
    return {};
}

/// A place of its own for what is sent, then the asset, whose digest is compared with what lies there.
std::optional<Answer> AzureMlStandIn::codes(const Call &call, const QString &path)
{
    const QString base = call.path.left(call.path.size() - path.size() - 1), blobs = urlOf ? urlOf(Q("blobs")) : QString();
    const auto ask = [&](const char *verb, const QJsonObject &details) { return tell ? tell(Q("blobs"), Q(verb), details) : m_blobs->control(Q(verb), details); };
    if (const auto start = matched(path, "codes/{}/versions/{}/startPendingUpload"); start && call.method == "POST") {
        const QString container = uuidName(start->join(QLatin1Char('/')));
        const QString uri = QStringLiteral("%1/estatestore/%2").arg(blobs, container);
        return Answer::json(QJsonObject{{Q("pendingUploadId"), uuidName(QString::number(++m_made))}, {Q("pendingUploadType"), Q("TemporaryBlobReference")},
                                        {Q("blobReferenceForConsumption"), QJsonObject{{Q("blobUri"), uri}, {Q("storageAccountArmId"), Q("/subscriptions/s/resourceGroups/mlops-rg/providers/Microsoft.Storage/storageAccounts/estatestore")},
                                                                                       {Q("credential"), QJsonObject{{Q("credentialType"), Q("SAS")}, {Q("sasUri"), uri + QLatin1Char('?') + m_blobs->containerSignature(container, Q("rcwl"), 3600)}}}}}});
    }
    const auto one = matched(path, "codes/{}/versions/{}");
    if (!one)
        return std::nullopt;
    const QString key = one->at(0) + Q("/versions/") + one->at(1);
    if (call.method == "PUT") {
        const QJsonObject properties = call.json()[Q("properties")].toObject();
        const QString place = properties[Q("codeUri")].toString().section(Q("/estatestore/"), 1), wanted = properties[Q("properties")][Q("hash_sha256")].toString();
        const QJsonObject seen = ask("digest", {{Q("path"), Q("estatestore/") + place}});
        if (place.isEmpty() || seen[Q("files")].toInt() == 0 || (!wanted.isEmpty() && seen[Q("sha256")].toString() != wanted))
            return Answer::json(QJsonObject{{Q("error"), QJsonObject{{Q("code"), Q("UserError")}, {Q("message"), Q("The code at codeUri is not what its hash says.")}}}}, 400);
        if (const auto old = m_codes.find(key); old != m_codes.end() && old->second[Q("codeUri")] != properties[Q("codeUri")])
            return Answer::json(QJsonObject{{Q("error"), QJsonObject{{Q("code"), Q("UserError")}, {Q("message"), Q("A resource with this name and version already exists.")}}}}, 409);
        m_codes[key] = properties;
    }
    const auto found = m_codes.find(key);
    if (found == m_codes.end())
        return std::nullopt;
    return Answer::json(resource(base, path, found->second), call.method == "PUT" ? 201 : 200);
}

std::optional<Answer> AzureMlStandIn::datastores(const Call &call, const QString &path)
{
    const QString base = call.path.left(call.path.size() - path.size() - 1);
    const QUrl blobs(urlOf ? urlOf(Q("blobs")) : QString());
    if (path == Q("datastores/workspaceblobstore"))
        return Answer::json(resource(base, path, {{Q("datastoreType"), Q("AzureBlob")}, {Q("accountName"), Q("estatestore")}, {Q("containerName"), Q("azureml-blobstore")}, {Q("endpoint"), blobs.authority()}, {Q("protocol"), blobs.scheme()},
                                                  {Q("isDefault"), true}, {Q("credentials"), QJsonObject{{Q("credentialsType"), Q("AccountKey")}}}}));
    if (path != Q("datastores/workspaceblobstore/listSecrets") || call.method != "POST") // secrets are not for a GET
        return std::nullopt;
    for (const auto &[kept, bytes] : m_blobs->kept())
        if (kept.startsWith(Q("estatestore/")))
            publish(*this, kept, bytes, "application/octet-stream");
    if (m_settings[Q("account_key")].toBool() || !call.json()[Q("expirableSecret")].toBool())
        return Answer::json(QJsonObject{{Q("secretsType"), Q("AccountKey")}, {Q("key"), QString::fromLatin1(BlobStandIn::accountKey())}});
    return Answer::json(QJsonObject{{Q("secretsType"), Q("Sas")}, {Q("sasToken"), m_blobs->containerSignature(Q("azureml-blobstore"), Q("rl"), 3600 * call.json()[Q("expireAfterHours")].toInt(1))}});
}

std::optional<Answer> AzureMlStandIn::assets(const Call &call, const QString &path)
{
    if (call.method != "GET")
        return std::nullopt;
    const QString base = call.path.left(call.path.size() - path.size() - 1);
    const auto busy = std::count_if(m_jobs.begin(), m_jobs.end(), [](const Job &j) { return j.status == Q("Running") || j.status == Q("Finalizing"); });
    const bool up = m_clusterReady.isValid() && m_clusterReady <= now() && m_lastBusy.isValid() && m_lastBusy.addSecs(120) > now();
    const int nodes = busy > 0 || up ? 1 : 0;
    const bool starts = m_clusterReady.isValid() && m_clusterReady > now();
    const QJsonObject cluster{{Q("computeType"), Q("AmlCompute")}, {Q("provisioningState"), Q("Succeeded")},
                              {Q("properties"), QJsonObject{{Q("vmSize"), Q("STANDARD_DS3_V2")}, {Q("allocationState"), starts ? Q("Resizing") : Q("Steady")}, {Q("currentNodeCount"), nodes}, {Q("targetNodeCount"), starts ? 1 : nodes},
                                                            {Q("scaleSettings"), QJsonObject{{Q("minNodeCount"), 0}, {Q("maxNodeCount"), 2}, {Q("nodeIdleTimeBeforeScaleDown"), Q("PT120S")}}},
                                                            {Q("nodeStateCounts"), QJsonObject{{Q("idleNodeCount"), busy > 0 ? 0 : nodes}, {Q("runningNodeCount"), busy > 0 ? nodes : 0}, {Q("preparingNodeCount"), starts ? 1 : 0}, {Q("unusableNodeCount"), 0}, {Q("leavingNodeCount"), 0}, {Q("preemptedNodeCount"), 0}}}}}};
    const std::map<QString, QJsonObject> all{{Q("computes/cpu-cluster"), cluster},
                                             {Q("environments/mlops-env/versions/1"), {{Q("image"), Q("mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04")}, {Q("osType"), Q("Linux")}, {Q("isArchived"), false}}},
                                             {Q("data/training-data/versions/1"), {{Q("dataType"), Q("uri_file")}, {Q("dataUri"), Q("azureml://datastores/workspaceblobstore/paths/train_cleaned.csv")}, {Q("isArchived"), false}}},
                                             {Q("codes/azureml-code/versions/1"), {{Q("codeUri"), Q("azureml://datastores/workspaceblobstore/paths/code/1")}}},
                                             {Q("models/svc-model/versions/1"), {{Q("modelType"), Q("custom_model")}, {Q("modelUri"), QStringLiteral("azureml://jobs/%1/outputs/model_output").arg(m_jobs[0].name)}, {Q("jobName"), m_jobs[0].name}, {Q("isArchived"), false}}}};
    if (const auto found = all.find(path); found != all.end())
        return Answer::json(resource(base, path, found->second));
    for (const auto &[name, properties] : all) // the container of versions
        if (name.contains(Q("/versions/")) && name.section(Q("/versions/"), 0, 0) == path)
            return Answer::json(resource(base, path, {{Q("latestVersion"), name.section(QLatin1Char('/'), -1)}, {Q("isArchived"), false}}));
    QJsonArray listed;
    bool known = path == Q("onlineEndpoints");
    for (const auto &[name, properties] : all) {
        if (name.startsWith(path + QLatin1Char('/')) && !name.mid(path.size() + 1).contains(QLatin1Char('/')))
            listed.append(resource(base, name, properties));
        else if (name.section(QLatin1Char('/'), 0, 0) == path) // the container of versions
            listed.append(resource(base, name.section(QLatin1Char('/'), 0, 1), {{Q("latestVersion"), name.section(QLatin1Char('/'), -1)}, {Q("isArchived"), false}}));
        else
            continue;
        known = true;
    }
    if (!known)
        return std::nullopt;
    return Answer::json(QJsonObject{{Q("value"), listed}});
}

/// The workspace's own services: a run's details with its log files, and what lies in the artifact store; downloads are signed addresses at another origin.
Answer AzureMlStandIn::history(const Call &call)
{
    const QString blobs = urlOf ? urlOf(Q("blobs")) : QString();
    const QString all = call.path.section(Q("/workspaces/"), 1).section(QLatin1Char('/'), 1);
    std::optional<QStringList> run;
    for (const char *pattern : {"runs/{}/{*}", "experiments/{}/runs/{}/{*}", "experimentids/{}/runs/{}/{*}"})
        if (auto found = matched(all, pattern))
            run = QStringList(found->mid(found->size() - 2));
    QString rest = run ? run->last() : QString(), below;
    for (const char *place : {"artifacts/prefix/contentinfo", "artifacts/contentinfo", "artifacts"})
        for (const char *pattern : {"/ExperimentRun/{}/{*}", "/ExperimentRun/{}"})
            if (const auto found = matched(all, (QByteArray(place) + pattern).constData())) {
                run = QStringList{found->front().mid(5)}; // "dcid.NAME"
                below = found->size() > 1 ? found->at(1) : QString();
                rest = Q(place);
            }
    Job *job = run ? named(run->front()) : nullptr;
    if (!job)
        return Answer::json(QJsonObject{{Q("error"), QJsonObject{{Q("code"), Q("UserError")}, {Q("message"), Q("Run was not found")}}}}, 404);
    for (const auto &[file, text] : job->logs)
        m_blobs->keep(artifactPath(*job, file), text);
    for (const auto &[path, bytes] : m_blobs->kept())
        if (path.startsWith(artifactPath(*job, QString())))
            publish(*this, path, bytes, path.endsWith(Q(".txt")) ? "text/plain" : "application/octet-stream");
    if (rest == Q("details")) {
        QJsonObject logs;
        for (const auto &[file, text] : job->logs)
            logs[file] = m_blobs->signedUrl(blobs, artifactPath(*job, file), 3600);
        return Answer::json(QJsonObject{{Q("runId"), job->name}, {Q("target"), Q("cpu-cluster")}, {Q("status"), job->status}, {Q("startTimeUtc"), instant(job->started)}, {Q("endTimeUtc"), instant(job->ended)}, {Q("logFiles"), logs}});
    }
    if (rest != Q("artifacts") && rest != Q("artifacts/prefix/contentinfo") && rest != Q("artifacts/contentinfo") && rest != Q("artifacts/path"))
        return Answer::json(QJsonObject{{Q("error"), QJsonObject{{Q("code"), Q("UserError")}, {Q("message"), Q("Not found")}}}}, 404);
    if (below.isEmpty())
        below = call.query.queryItemValue(Q("path"), QUrl::FullyDecoded);
    const QString folder = artifactPath(*job, QString());
    QJsonArray found;
    for (const auto &[path, bytes] : m_blobs->kept())
        if (path.startsWith(folder + below)) {
            QJsonObject one{{Q("origin"), Q("ExperimentRun")}, {Q("container"), Q("dcid.") + job->name}, {Q("path"), path.mid(folder.size())}};
            if (rest != Q("artifacts"))
                one[Q("contentUri")] = m_blobs->signedUrl(blobs, path, 3600);
            found.append(one);
        }
    if (rest == Q("artifacts/contentinfo"))
        return found.isEmpty() ? Answer::json(QJsonObject{{Q("error"), QJsonObject{{Q("code"), Q("UserError")}, {Q("message"), Q("Artifact was not found")}}}}, 404) : Answer::json(found[0]);
    return Answer::json(QJsonObject{{Q("value"), found}, {Q("continuationToken"), QJsonValue::Null}});
}

/// Metrics are here, not in ARM (BACKEND_APIS.md §3.5); a token without the scope gets empty metrics, not an error.
Answer AzureMlStandIn::mlflow(const Call &call, const QString &path, bool mayRead)
{
    const auto value = [&](const char *key) { return call.query.queryItemValue(Q(key), QUrl::FullyDecoded); };
    if (path == Q("experiments/search"))
        return Answer::json(QJsonObject{{Q("experiments"), QJsonArray{QJsonObject{{Q("experiment_id"), Q("1")}, {Q("name"), Q("damage-incidence-prediction")}, {Q("lifecycle_stage"), Q("active")}}}}});
    const Job *job = named(value("run_id").isEmpty() ? value("run_uuid") : value("run_id"));
    if (!job)
        return Answer::json(QJsonObject{{Q("error_code"), Q("RESOURCE_DOES_NOT_EXIST")}, {Q("message"), Q("Run was not found")}}, 404);
    QJsonArray metrics;
    const QJsonObject figures = m_settings.value(Q("metrics")).toObject(QJsonObject{{Q("f1"), 0.7143}, {Q("recall"), 0.6765}, {Q("balanced_accuracy"), 0.8321}});
    if (mayRead && job->status == Q("Completed"))
        for (auto it = figures.begin(); it != figures.end(); ++it)
            if (path != Q("metrics/get-history") || value("metric_key") == it.key())
                metrics.append(QJsonObject{{Q("key"), it.key()}, {Q("value"), it.value()}, {Q("timestamp"), job->ended.toMSecsSinceEpoch()}, {Q("step"), 0}});
    if (path == Q("metrics/get-history"))
        return Answer::json(QJsonObject{{Q("metrics"), metrics}});
    if (path != Q("runs/get"))
        return Answer::json(QJsonObject{{Q("error_code"), Q("ENDPOINT_NOT_FOUND")}, {Q("message"), path}}, 404);
    return Answer::json(QJsonObject{{Q("run"), QJsonObject{{Q("info"), QJsonObject{{Q("run_id"), job->name}, {Q("status"), job->status == Q("Completed") ? Q("FINISHED") : Q("RUNNING")}}}, {Q("data"), QJsonObject{{Q("metrics"), metrics}}}}}});
}

} // namespace pilothouse::estate

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/net/directory_token.h"
#include "core/pipelines/kubeflow_pipelines.h"
#include "core/pipelines/kubeflow_words.h"
#include "core/workspace/yaml_tree.h"

#include <QJsonArray>
#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

Result<QStringList> KubeflowPipelines::podsOf(const QString &id, const QString &stage, bool &ended) const {
    PH_ASSIGN(const bool old, m_api.old());
    QJsonObject workflow;
    PH_ASSIGN(const QJsonObject json, rawRun(id, &workflow));
    ended = hasEnded(kubeflowState(kubeflowText(json, old ? "status" : "state")));
    if (!old)
        return kubeflowPods(json, stage);
    return QStringList{stage}; // a node's id is its pod's name there (POD_NAMES=v1)
}

Result<LogPiece> KubeflowPipelines::readLog(const LogFrom &from, std::stop_token token) const {
    if (!m_api.at().podLog)
        return refused(QStringLiteral("Kubeflow keeps no logs, and no cluster is connected to read them from its pods."), source(), QStringLiteral("Name the connection of its cluster: cluster: NAME."));
    QString stage = from.stage;
    if (stage.isEmpty()) { // the API has no log of a run: that of the stage which is of interest
        PH_ASSIGN(const PipelineRun whole, run(from.run));
        for (const Stage &one : whole.stages)
            if (stage.isEmpty() || one.state == State::Failed || one.state == State::Running)
                stage = one.key();
        if (stage.isEmpty())
            return LogPiece{{}, {}, hasEnded(whole.state), false, 0, QStringLiteral("No stage has begun.")};
    }
    // What a piece continues: "POD\nNEXT", so that a tail asks the cluster alone.
    const qsizetype cut = from.next.indexOf(QLatin1Char('\n'));
    QStringList pods;
    bool ended = false;
    if (cut > 0)
        pods << from.next.left(cut);
    else if (stage.startsWith(Q("pod:")))
        pods << stage.mid(4);
    else {
        PH_ASSIGN(pods, podsOf(from.run, stage, ended));
    }
    if (pods.isEmpty())
        return LogPiece{{}, {}, ended, false, 0, ended ? QStringLiteral("Kubeflow names no pod of this stage: it did not run, or came from the cache.") : QStringLiteral("No pod of this stage has begun.")};
    const QString space = m_api.space().isEmpty() ? QStringLiteral("kubeflow") : m_api.space();
    for (const QString &pod : std::as_const(pods)) {
        // Where Argo has POD_NAMES=v2 the pod of the node WORKFLOW-HASH is WORKFLOW-TEMPLATE-HASH; KFP's executors have one template.
        QStringList names{pod};
        if (const qsizetype dash = pod.lastIndexOf(QLatin1Char('-')); cut <= 0 && dash > 0 && !pod.contains(Q("-system-")))
            names << pod.left(dash) + QStringLiteral("-system-container-impl") + pod.mid(dash);
        for (const QString &name : std::as_const(names)) {
            auto piece = m_api.at().podLog(space, name, QStringLiteral("main"), LogFrom{from.run, stage, cut > 0 ? from.next.mid(cut + 1) : QString(), from.lastBytes}, token);
            if (piece) {
                if (!piece->next.isEmpty() || !piece->end)
                    piece->next = name + QLatin1Char('\n') + piece->next;
                return piece;
            }
            if (piece.error().kind != ErrorKind::NotFound)
                return piece.error();
        }
    }
    return notFound(QStringLiteral("The pod of this stage is gone, and its log with it."), pods.join(QStringLiteral(", ")),
                    QStringLiteral("Pods of ended runs are cleared away; where Argo archives logs, they are in its artifact store."));
}

Result<std::vector<Output>> KubeflowPipelines::outputs(const QString &id) const {
    PH_ASSIGN(const bool old, m_api.old());
    if (old)
        return std::vector<Output>{}; // v1beta1 gives bytes by node and name, and no list
    PH_ASSIGN(const QJsonObject json, rawRun(id));
    std::vector<Output> found;
    bool known = true;
    for (const QJsonValue &value : kubeflowList(kubeflowObject(json, "run_details"), "task_details")) {
        const QJsonObject task = value.toObject(), outputs = task.value(Q("outputs")).toObject();
        for (auto it = outputs.begin(); it != outputs.end(); ++it)
            for (const QJsonValue &artifact : kubeflowList(it->toObject(), "artifact_ids")) {
                Output output;
                output.stage = kubeflowText(task, "display_name");
                output.name = it.key();
                if (known) {
                    const auto seen = m_api.get(QStringLiteral("artifacts/") + artifact.toVariant().toString());
                    if (seen) {
                        output.address = kubeflowText(*seen, "uri");
                        const QJsonValue size = kubeflowField(*seen, "artifact_size");
                        output.bytes = size.isUndefined() ? -1 : kubeflowInteger(*seen, "artifact_size");
                    } else if (seen.error().kind == ErrorKind::NotFound) {
                        known = false; // a server of before 2.3 has no artifacts in its API
                    } else {
                        return seen.error();
                    }
                }
                found.push_back(std::move(output));
            }
    }
    return found;
}

Result<void> KubeflowPipelines::download(const QString &id, const Output &output, const QString &file, std::stop_token token) const {
    PH_ASSIGN(const QJsonObject json, rawRun(id));
    for (const QJsonValue &value : kubeflowList(kubeflowObject(json, "run_details"), "task_details")) {
        const QJsonObject task = value.toObject();
        if (kubeflowText(task, "display_name") != output.stage)
            continue;
        for (const QJsonValue &artifact : kubeflowList(task.value(Q("outputs")).toObject().value(output.name).toObject(), "artifact_ids")) {
            QUrlQuery view;
            view.addQueryItem(QStringLiteral("view"), QStringLiteral("DOWNLOAD"));
            PH_ASSIGN(const QJsonObject seen, m_api.get(QStringLiteral("artifacts/") + artifact.toVariant().toString(), view, token));
            if (!output.address.isEmpty() && kubeflowText(seen, "uri") != output.address)
                continue;
            net::Request request;
            request.url = kubeflowText(seen, "download_url"); // signed: the connection's login stays here
            if (request.url.isEmpty())
                return refused(QStringLiteral("Kubeflow gives no address to download it."), output.address, QStringLiteral("Read it from the object store, with a connection of kind s3."));
            if (!net::isSafeForSecrets(request.url)) // the signed address is a secret by itself
                return refused(QStringLiteral("Kubeflow names an address that is not safe to follow."), QUrl(request.url).host(), QStringLiteral("Only https:// is followed."));
            request.rawBytes = true;
            request.maxBytes = qint64(1) << 30;
            request.timeoutMs = 0;
            request.stallSeconds = 60;
            PH_ASSIGN(const net::Response reply, m_api.at().http->send(request, token));
            if (reply.status >= 300)
                return net::statusError(request, reply);
            return writeFileAtomically(file, reply.body);
        }
    }
    return notFound(QStringLiteral("The run has no output “%1”.").arg(output.name), id);
}

Result<QString> KubeflowPipelines::uploadPipeline(const QString &name, const QString &versionName, const QString &fileName, const QByteArray &bytes) {
    if (bytes.size() > 32 << 20)
        return invalid(QStringLiteral("A pipeline file may have 32 MB."), fileName);
    // A compiled file may hold a second document (platforms): the first is the pipeline's.
    const qsizetype second = bytes.indexOf("\n---");
    PH_ASSIGN(const auto tree, workspace::parseYaml(workspace::YamlPlaces(second > 0 ? bytes.left(second + 1) : bytes, fileName)));
    const workspace::YamlNode *info = tree->find(QStringLiteral("pipelineInfo"));
    const workspace::YamlNode *inner = info ? info->find(QStringLiteral("name")) : nullptr;
    if (!inner && !tree->find(QStringLiteral("apiVersion"))) // v1: a workflow of Argo
        return invalid(QStringLiteral("This is no compiled pipeline: it has no pipelineInfo."), fileName, QStringLiteral("Compile it: kfp dsl compile --py FILE.py --output FILE.yaml."));
    if (inner)
        PH_TRY(checkKubeflowName(inner->text));
    const QString called = name.isEmpty() ? (inner ? inner->text : QString()) : name;
    if (called.isEmpty())
        return invalid(QStringLiteral("The pipeline needs a name."), fileName);
    const auto there = pipelineId(called);
    QUrlQuery query;
    if (there) {
        query.addQueryItem(QStringLiteral("name"), versionName.isEmpty() ? QStringLiteral("%1 %2").arg(called, m_api.at().clock->nowUtc().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"))) : versionName);
        query.addQueryItem(QStringLiteral("pipelineid"), *there);
        PH_ASSIGN(const QJsonObject made, m_api.upload(QStringLiteral("pipelines/upload_version"), query, fileName, bytes));
        const QString id = kubeflowText(made, "pipeline_version_id");
        return id.isEmpty() ? kubeflowText(made, "id") : id;
    }
    if (there.error().kind != ErrorKind::NotFound)
        return there.error();
    query.addQueryItem(QStringLiteral("name"), called);
    if (!m_api.space().isEmpty())
        query.addQueryItem(QStringLiteral("namespace"), m_api.space());
    PH_ASSIGN(const QJsonObject made, m_api.upload(QStringLiteral("pipelines/upload"), query, fileName, bytes));
    const QString own = kubeflowText(made, "pipeline_id"), id = own.isEmpty() ? kubeflowText(made, "id") : own;
    {
        const std::lock_guard lock(m_mutex);
        m_names.insert(id, called);
    }
    PH_ASSIGN(const auto all, versions(id, 1));
    return all.empty() ? id : all.front().id;
}

} // namespace pilothouse::pipelines

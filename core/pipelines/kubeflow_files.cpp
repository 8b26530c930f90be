// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/net/directory_token.h"
#include "core/net/fetch_file.h"
#include "core/pipelines/kubeflow_pipelines.h"
#include "core/pipelines/kubeflow_tasks.h"
#include "core/pipelines/kubeflow_words.h"
#include "core/workspace/yaml_tree.h"

#include <QJsonArray>
#include <QUrl>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

QString encoded(const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); }

/// v1beta1 has no list of artifacts: Argo's workflow names those of its nodes. The archived log of a pod is none.
template<typename Take> void eachOld(const QJsonObject &workflow, Take take) {
    const QJsonObject nodes = workflow.value(Q("status")).toObject().value(Q("nodes")).toObject();
    for (auto node = nodes.begin(); node != nodes.end(); ++node)
        for (const QJsonValue &value : node->toObject().value(Q("outputs")).toObject().value(Q("artifacts")).toArray()) {
            Output output;
            output.name = value[Q("name")].toString();
            output.stage = node->toObject().value(Q("displayName")).toString();
            const QString bucket = value[Q("s3")][Q("bucket")].toString(), key = value[Q("s3")][Q("key")].toString();
            output.address = key.isEmpty() ? QString() : QStringLiteral("s3://%1/%2").arg(bucket, key);
            if (output.name != Q("main-logs"))
                take(node.key(), output);
        }
}

std::vector<Output> oldOutputs(const QJsonObject &workflow) {
    std::vector<Output> found;
    eachOld(workflow, [&](const QString &, const Output &output) { found.push_back(output); });
    return found;
}

Result<QString> oldNode(const QJsonObject &workflow, const Output &wanted) {
    QString node;
    eachOld(workflow, [&](const QString &id, const Output &output) {
        if (output.name == wanted.name && output.stage == wanted.stage && output.address == wanted.address)
            node = id;
    });
    return node.isEmpty() ? Result<QString>(notFound(QStringLiteral("The run has no output “%1” of %2.").arg(wanted.name, wanted.stage))) : Result<QString>(node);
}

} // namespace

Result<std::vector<Output>> KubeflowPipelines::outputs(const QString &id) const {
    PH_ASSIGN(const bool old, m_api.old());
    QJsonObject workflow;
    PH_ASSIGN(const QJsonObject json, rawRun(id, &workflow));
    if (old)
        return oldOutputs(workflow);
    std::vector<Output> found;
    bool known = true;
    const KubeflowTasks tasks(json);
    for (const KubeflowTasks::Task &task : tasks.all()) {
        const QJsonObject outputs = task.json.value(Q("outputs")).toObject();
        for (auto it = outputs.begin(); it != outputs.end(); ++it)
            for (const QJsonValue &artifact : kubeflowList(it->toObject(), "artifact_ids")) {
                Output output;
                output.stage = kubeflowText(task.json, "display_name") + tasks.rounds(task);
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
    PH_ASSIGN(const bool old, m_api.old());
    QJsonObject workflow;
    PH_ASSIGN(const QJsonObject json, rawRun(id, &workflow));
    if (old) {
        PH_ASSIGN(const QString node, oldNode(workflow, output));
        PH_ASSIGN(const QJsonObject read, m_api.get(QStringLiteral("runs/%1/nodes/%2/artifacts/%3:read").arg(encoded(id), encoded(node), encoded(output.name)), {}, token));
        return writeFileAtomically(file, QByteArray::fromBase64(read.value(Q("data")).toString().toLatin1()));
    }
    const KubeflowTasks tasks(json);
    for (const KubeflowTasks::Task &task : tasks.all()) {
        const QJsonArray artifacts = kubeflowList(task.json.value(Q("outputs")).toObject().value(output.name).toObject(), "artifact_ids");
        if (artifacts.isEmpty() || kubeflowText(task.json, "display_name") + tasks.rounds(task) != output.stage)
            continue;
        for (const QJsonValue &artifact : artifacts) {
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
            return net::fetchFile(*m_api.at().http, std::move(request), file, {}, token);
        }
    }
    return notFound(QStringLiteral("The run has no output “%1”.").arg(output.name), id);
}

Result<QString> kubeflowNameIn(const QString &fileName, const QByteArray &bytes) {
    if (bytes.size() > 32 << 20)
        return invalid(QStringLiteral("A pipeline file may have 32 MB."), fileName);
    // A compiled file may hold a second document (platforms): the first is the pipeline's.
    const qsizetype second = bytes.indexOf("\n---");
    PH_ASSIGN(const auto tree, workspace::parseYaml(workspace::YamlPlaces(second > 0 ? bytes.left(second + 1) : bytes, fileName)));
    if (const workspace::YamlNode *info = tree->find(QStringLiteral("pipelineInfo"))) {
        const workspace::YamlNode *name = info->find(QStringLiteral("name"));
        if (!name || name->text.isEmpty())
            return invalid(QStringLiteral("The pipeline has no name in its pipelineInfo."), fileName, QStringLiteral("Compile it anew: kfp dsl compile --py FILE.py --output FILE.yaml."));
        PH_TRY(checkKubeflowName(name->text));
        return name->text;
    }
    if (!tree->find(QStringLiteral("apiVersion"))) // v1: a workflow of Argo
        return invalid(QStringLiteral("This is no compiled pipeline: it has no pipelineInfo."), fileName, QStringLiteral("Compile it: kfp dsl compile --py FILE.py --output FILE.yaml."));
    const workspace::YamlNode *about = tree->find(QStringLiteral("metadata"));
    for (const char *key : {"name", "generateName"})
        if (const workspace::YamlNode *name = about ? about->find(QLatin1String(key)) : nullptr; name && !name->text.isEmpty()) {
            QString plain = name->text; // of generateName the last hyphen belongs to what Argo adds
            while (plain.endsWith(QLatin1Char('-')))
                plain.chop(1);
            PH_TRY(checkKubeflowName(plain));
            return plain;
        }
    return QString();
}

Result<QString> KubeflowPipelines::uploadPipeline(const QString &name, const QString &versionName, const QString &fileName, const QByteArray &bytes) {
    PH_ASSIGN(const QString inner, kubeflowNameIn(fileName, bytes));
    const QString called = name.isEmpty() ? inner : name;
    if (called.isEmpty())
        return invalid(QStringLiteral("The pipeline needs a name."), fileName);
    const auto there = pipelineId(called, true);
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
        m_ids.insert(called, id);
    }
    PH_ASSIGN(const auto all, versions(id, 1));
    return all.empty() ? id : all.front().id;
}

} // namespace pilothouse::pipelines

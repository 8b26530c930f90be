// SPDX-License-Identifier: GPL-3.0-or-later
// Versions of what a run left on the server: its models are found, and registered where they lie.
#include "core/registry/mlflow_calls.h"
#include "core/registry/mlflow_registry_internal.h"

#include "core/base/file.h"
#include "core/base/hash.h"

#include <QTemporaryDir>

#include <algorithm>

namespace pilothouse::registry {

namespace {

constexpr int deepest = 4, mostAsked = 200; ///< folders of a run's artifacts: models lie high, and a run may have thousands of checkpoints
const QString card = QStringLiteral("MLmodel"), sums = QStringLiteral("SHA256SUMS");

/// The names in a package's SHA256SUMS.
QStringList namesIn(const QByteArray &bytes) {
    QStringList out;
    for (const QByteArray &line : bytes.split('\n'))
        if (line.indexOf("  ") == 64)
            out += QString::fromUtf8(line.mid(66));
    return out;
}

} // namespace

/// Folders with an MLmodel, by artifacts/list: the server knows them wherever its store is.
Result<void> MlflowRegistry::findModels(const QString &runId, const QString &folder, int depth, int &asked, QStringList &into, const std::stop_token &stop) const {
    if (++asked > mostAsked)
        return {};
    QStringList files, folders;
    QString token;
    do {
        QUrlQuery query;
        query.addQueryItem(QStringLiteral("run_id"), runId);
        if (!folder.isEmpty())
            query.addQueryItem(QStringLiteral("path"), folder);
        if (!token.isEmpty())
            query.addQueryItem(QStringLiteral("page_token"), token);
        PH_ASSIGN(const QJsonObject reply, m_api.get(QStringLiteral("artifacts/list"), query, stop));
        for (const QJsonValue &file : reply.value(QLatin1String("files")).toArray())
            (file[QLatin1String("is_dir")].toBool() ? folders : files) += file[QLatin1String("path")].toString();
        const QString next = reply.value(QLatin1String("next_page_token")).toString();
        token = next == token ? QString() : next;
    } while (!token.isEmpty());
    const auto called = [](const QString &path) { return path.section(QLatin1Char('/'), -1) == card; };
    if (!folder.isEmpty() && std::any_of(files.begin(), files.end(), called)) {
        into += folder;
        return {}; // what lies in a model is its own
    }
    for (const QString &below : std::as_const(folders))
        if (depth < deepest && below != folder)
            PH_TRY(findModels(runId, below, depth + 1, asked, into, stop));
    return {};
}

Result<QString> MlflowRegistry::packageDigest(const QString &runId, const QString &source, const std::stop_token &stop) const {
    PH_ASSIGN(const auto store, artifactStore(source, m_api, m_s3, runId));
    PH_ASSIGN(const auto files, store->list(stop));
    const auto at = std::find_if(files.begin(), files.end(), [](const RemoteFile &file) { return file.path == sums; });
    if (at == files.end())
        return QString();
    const QTemporaryDir place;
    const QString target = place.filePath(sums);
    PH_TRY(store->fetch(*at, {}, target, stop, {}));
    PH_ASSIGN(const QByteArray bytes, readFile(target));
    for (const QString &name : namesIn(bytes))
        if (std::none_of(files.begin(), files.end(), [&](const RemoteFile &file) { return file.path == name; }))
            return invalid(QStringLiteral("The package of run %1 is cut short: “%2” is not there.").arg(runId, name), source, QStringLiteral("Log it again; what is there cannot be registered."));
    return sha256Hex(bytes);
}

Result<std::vector<RunModel>> MlflowRegistry::runModels(const QString &runId, std::stop_token stop) const {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("run_id"), runId);
    PH_ASSIGN(const QJsonObject reply, m_api.get(QStringLiteral("runs/get"), query, stop));
    PH_ASSIGN(const QJsonObject json, mlflowPart(reply, "run"));
    PH_ASSIGN(const Run left, runFrom(json));
    std::vector<RunModel> out;
    QStringList folders;
    int asked = 0;
    PH_TRY(findModels(runId, {}, 0, asked, folders, stop));
    for (const QString &folder : std::as_const(folders)) {
        RunModel model{folder, left.artifactFolder + QLatin1Char('/') + folder, {}, {}};
        PH_ASSIGN(model.digest, packageDigest(runId, model.source, stop));
        out.push_back(std::move(model));
    }
    for (const QJsonValue &logged : json.value(QLatin1String("outputs"))[QLatin1String("model_outputs")].toArray()) { // since MLflow 3 models lie beside the runs
        const QString id = logged[QLatin1String("model_id")].toString();
        const auto found = m_api.get(QStringLiteral("logged-models/") + id, {}, stop);
        if (!found && found.error().kind == ErrorKind::NotFound)
            continue; // deleted
        if (!found)
            return found.error();
        PH_ASSIGN(const QJsonObject model, mlflowPart(*found, "model"));
        const QJsonValue info = model.value(QLatin1String("info"));
        if (const QString at = info[QLatin1String("artifact_uri")].toString(); !at.isEmpty())
            out.push_back({info[QLatin1String("name")].toString(), at, {}, id});
    }
    return out;
}

Result<Version> MlflowRegistry::registerRunModel(const QString &model, const QString &runId, const RunModel &from, const QString &user) {
    PH_TRY(checkModelName(model));
    PH_TRY(madeModel(model));
    const QString request = randomHex(16);
    PH_ASSIGN(const QJsonObject reply, m_api.write(mlflowRegisterCall(model, runId, from, user, {{callTag, request}}), [&] { return versionOfRequest(model, request); }));
    PH_ASSIGN(const QJsonObject json, mlflowPart(reply, "model_version"));
    return readyVersion(json);
}

} // namespace pilothouse::registry

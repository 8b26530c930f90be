// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/net/directory_token.h"
#include "core/pipelines/azureml_pipelines.h"
#include "core/pipelines/lost_reply.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QLocale>
#include <QUrl>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

QString encoded(const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); }
QJsonObject properties(const QJsonObject &object) { return object.value(Q("properties")).toObject(); }
QString codePath(const AzureCode &code) { return QStringLiteral("/codes/%1/versions/1").arg(code.assetName()); }

/// What a job is given, in a line each.
QString spoken(const AzureSubmission &of) {
    const QJsonObject &job = of.job.properties;
    QStringList lines{job.value(Q("command")).toString().simplified()};
    for (const char *which : {"inputs", "outputs"}) {
        const QJsonObject ports = job.value(Q(which)).toObject();
        for (auto it = ports.begin(); it != ports.end(); ++it) {
            const QJsonObject port = it->toObject();
            const QString value = port.contains(Q("value")) ? port.value(Q("value")).toString() : port.value(Q("uri")).toString(QStringLiteral("a place of its own"));
            lines << QStringLiteral("%1 %2 = %3").arg(QString::fromLatin1(which).chopped(1), it.key(), value.section(Q("/workspaces/"), -1).section(QLatin1Char('/'), value.contains(Q("/workspaces/")) ? 1 : 0));
        }
    }
    const auto asset = [&](const char *key) { return job.value(Q(key)).toString().section(Q("/workspaces/"), -1).section(QLatin1Char('/'), 1); };
    lines << QStringLiteral("on %1 in %2").arg(job.contains(Q("computeId")) ? asset("computeId") : QStringLiteral("serverless compute"), asset("environmentId"));
    return lines.join(QStringLiteral("; "));
}

} // namespace

/// "azureml:NAME:VERSION" as the id of an asset that is there; what is an id or an address already stays.
Result<QString> AzurePipelines::assetId(const char *kind, const QString &written) const {
    const auto asset = azureAsset(written);
    if (!asset)
        return written;
    const bool isCompute = Q(kind) == Q("computes");
    const QString container = QStringLiteral("/%1/%2").arg(Q(kind), encoded(asset->name));
    QString version = asset->version;
    if (isCompute || version.isEmpty()) {
        if (!isCompute && !asset->label.isEmpty() && asset->label != Q("latest"))
            return refused(QStringLiteral("Pilothouse knows no label “%1” of %2.").arg(asset->label, asset->name), of(kind), QStringLiteral("Write a version, or @latest."));
        const auto there = call("GET", arm(container));
        if (!there && there.error().kind == ErrorKind::NotFound)
            return notFound(QStringLiteral("The workspace has no %1 “%2”.").arg(of(kind), asset->name), source(), isCompute ? QStringLiteral("Make it: az ml compute create --file compute.yml.") : QStringLiteral("Make it there, or correct the job's file."));
        if (!there)
            return there.error();
        if (isCompute)
            return m_place.scope + container;
        version = properties(*there).value(Q("latestVersion")).toString();
        if (version.isEmpty())
            return notFound(QStringLiteral("The workspace has no version of the %1 “%2”.").arg(of(kind), asset->name), source());
    }
    const QString path = container + QStringLiteral("/versions/") + encoded(version);
    if (const auto there = call("GET", arm(path)); !there)
        return there.error().kind == ErrorKind::NotFound ? notFound(QStringLiteral("The workspace has no %1 “%2” of version %3.").arg(of(kind), asset->name, version), source(), QStringLiteral("Make it there, or correct the job's file.")) : there.error();
    return m_place.scope + path;
}

QString AzurePipelines::of(const char *kind) {
    static const QMap<QString, QString> words{{QStringLiteral("computes"), QStringLiteral("cluster")}, {QStringLiteral("environments"), QStringLiteral("environment")}, {QStringLiteral("data"), QStringLiteral("data asset")},
                                              {QStringLiteral("models"), QStringLiteral("model")}, {QStringLiteral("codes"), QStringLiteral("code asset")}};
    return words.value(Q(kind), Q(kind));
}

Result<AzureSubmission> AzurePipelines::submission(const QString &file, const QJsonObject &inputs) const {
    AzureSubmission made;
    PH_ASSIGN(const QByteArray text, readFile(file));
    PH_ASSIGN(made.job, readAzureJob(text, file, inputs));
    QJsonObject &job = made.job.properties;
    static const std::pair<const char *, const char *> assets[] = {{"environmentId", "environments"}, {"computeId", "computes"}, {"codeId", "codes"}};
    for (const auto &[field, kind] : assets)
        if (job.contains(Q(field))) {
            PH_ASSIGN(const QString id, assetId(kind, job.value(Q(field)).toString()));
            job.insert(Q(field), id);
        }
    QJsonObject given = job.value(Q("inputs")).toObject();
    for (auto it = given.begin(); it != given.end(); ++it) {
        QJsonObject input = it->toObject();
        const QString type = input.value(Q("jobInputType")).toString();
        if (!input.contains(Q("uri")))
            continue;
        PH_ASSIGN(const QString id, assetId(type.endsWith(Q("_model")) ? "models" : "data", input.value(Q("uri")).toString()));
        input.insert(Q("uri"), id);
        *it = input;
    }
    if (!given.isEmpty())
        job.insert(Q("inputs"), given);
    if (!job.contains(Q("experimentName")))
        job.insert(Q("experimentName"), m_at.connection.other.value(QStringLiteral("experiment"), QStringLiteral("Default")));
    if (!made.job.code.isEmpty()) {
        PH_ASSIGN(made.code, readAzureCode(made.job.code));
        job.insert(Q("codeId"), m_place.scope + codePath(*made.code));
    }
    made.name = made.job.name.isEmpty() ? QStringLiteral("pilothouse_") + randomHex(6) : made.job.name;
    return made;
}

Result<bool> AzurePipelines::hasCode(const AzureSubmission &of) const {
    if (!of.code)
        return true;
    const auto there = call("GET", arm(codePath(*of.code)));
    if (!there)
        return there.error().kind == ErrorKind::NotFound ? Result<bool>(false) : Result<bool>(there.error());
    const QString known = properties(*there).value(Q("properties")).toObject().value(Q("hash_sha256")).toString();
    if (!known.isEmpty() && known != of.code->sha256)
        return Error{ErrorKind::Conflict, QStringLiteral("The code asset %1 has other content than its name says.").arg(of.code->assetName()), source(), QStringLiteral("Somebody else made it: archive it there."), {}};
    return true;
}

Result<void> AzurePipelines::sendCode(const AzureSubmission &of, std::stop_token token) const {
    const AzureCode &code = *of.code;
    PH_ASSIGN(const QJsonObject place, call("POST", arm(codePath(code) + QStringLiteral("/startPendingUpload")), {{Q("pendingUploadType"), Q("TemporaryBlobReference")}}, token));
    const QJsonObject blob = place.value(Q("blobReferenceForConsumption")).toObject();
    const QString uri = blob.value(Q("blobUri")).toString(), folder = QFileInfo(code.folder).fileName();
    if (uri.isEmpty())
        return invalid(QStringLiteral("Azure ML gives no place to send the code to."), source());
    PH_ASSIGN(const AzureContainer container, azureContainer(blob.value(Q("credential")).toObject().value(Q("sasUri")).toString(), m_at.connection.other.value(QStringLiteral("ca_file"))));
    for (const AzureCode::File &file : code.files)
        PH_TRY(putAzureBlob(*m_at.http, container, folder + QLatin1Char('/') + file.path, QDir(code.folder).filePath(file.path), file.md5, token));
    const QJsonObject about{{Q("codeUri"), uri + QLatin1Char('/') + folder}, {Q("isAnonymous"), true}, {Q("properties"), QJsonObject{{Q("hash_sha256"), code.sha256}, {Q("hash_version"), Q("202208")}}}};
    const auto made = call("PUT", arm(codePath(code)), {{Q("properties"), about}}, token);
    return made ? Result<void>() : Result<void>(made.error());
}

Result<void> AzurePipelines::sendJob(const AzureSubmission &of) {
    const auto made = call("PUT", arm(QStringLiteral("/jobs/") + encoded(of.name)), {{Q("properties"), of.job.properties}});
    return made ? Result<void>() : Result<void>(made.error());
}

Result<operations::Operation> submitJobOperation(std::shared_ptr<PipelineService> service, const QString &file, const QJsonObject &inputs, std::shared_ptr<QString> run) {
    const auto azure = std::dynamic_pointer_cast<AzurePipelines>(service);
    if (!azure)
        return refused(QStringLiteral("The connection %1 takes no job files: only Azure ML does.").arg(service->source()), {}, QStringLiteral("Name a connection of kind azureml."));
    if (!run)
        run = std::make_shared<QString>();
    PH_ASSIGN(const AzureSubmission of, azure->submission(file, inputs));
    const QString name = QFileInfo(file).fileName(), experiment = of.job.properties.value(Q("experimentName")).toString();
    operations::Operation operation;
    operation.kind = QStringLiteral("pipeline-submit");
    operation.connection = service->source();
    operation.object = QStringLiteral("pipeline %1").arg(experiment);
    operation.summary = QStringLiteral("Submit %1 to %2 as a job of the experiment %3").arg(name, service->source(), experiment);
    operation.details = {{Q("file"), name}, {Q("job"), of.name}, {Q("properties"), of.job.properties}};
    if (of.code) {
        operation.details.insert(Q("code"), QJsonObject{{Q("folder"), of.code->folder}, {Q("files"), qint64(of.code->files.size())}, {Q("bytes"), of.code->bytes}, {Q("sha256"), of.code->sha256}, {Q("ignored_by"), of.code->ignoredBy}});
        operations::Step step;
        step.call = {QStringLiteral("UPLOAD"), QStringLiteral("code %1").arg(of.code->assetName()),
                     QStringLiteral("%1 files, %2, sha256 %3, out of %4%5").arg(of.code->files.size()).arg(QLocale::c().formattedDataSize(of.code->bytes), of.code->sha256.left(12), of.code->folder,
                                                                                of.code->ignoredBy.isEmpty() ? QString() : QStringLiteral(" without what %1 names").arg(of.code->ignoredBy)),
                     {}, {}};
        step.guard = [=]() -> Result<void> {
            PH_ASSIGN(const AzureCode now, readAzureCode(of.code->folder));
            if (now.sha256 != of.code->sha256)
                return Error{ErrorKind::Conflict, QStringLiteral("The code in %1 changed since it was shown.").arg(of.code->folder), {}, QStringLiteral("Look at it again and submit it then."), {}};
            return {};
        };
        step.execute = [=]() -> Result<void> {
            PH_ASSIGN(const bool there, azure->hasCode(of));
            if (there)
                return {};
            const auto sent = azure->sendCode(of);
            if (sent || !replyLost(sent.error()))
                return sent;
            const auto now = azure->hasCode(of);
            return now && *now ? Result<void>() : sent;
        };
        step.readBack = [=]() -> Result<QJsonObject> {
            PH_ASSIGN(const bool there, azure->hasCode(of));
            if (!there)
                return Error{ErrorKind::Conflict, QStringLiteral("The workspace does not show the code that was sent."), service->source(), {}, {}};
            return QJsonObject{{Q("code"), of.code->assetName()}, {Q("sha256"), of.code->sha256}};
        };
        operation.steps.push_back(std::move(step));
    }
    operations::Step step;
    step.call = {QStringLiteral("PUT"), QStringLiteral("job %1").arg(of.name), spoken(of), QStringLiteral("cancel the job"), QStringLiteral("pilot pipelines submit %1 --connection %2").arg(file, service->source())};
    for (auto it = inputs.begin(); it != inputs.end(); ++it)
        step.call.command += QStringLiteral(" --input %1=%2").arg(it.key(), it.value().toVariant().toString());
    step.guard = [=]() -> Result<void> {
        const auto there = azure->run(of.name);
        if (there)
            return Error{ErrorKind::Conflict, QStringLiteral("The workspace has a job “%1” already: %2.").arg(of.name, stateName(there->state)), service->source(), QStringLiteral("A job's name is used once: take name out of %1.").arg(name), {}};
        return there.error().kind == ErrorKind::NotFound ? Result<void>() : Result<void>(there.error());
    };
    step.execute = [=]() -> Result<void> {
        const auto sent = azure->sendJob(of);
        *run = of.name;
        if (sent || !replyLost(sent.error()))
            return sent;
        if (const auto there = azure->run(of.name)) // its name was chosen here: it is ours
            return {};
        Error lost = sent.error();
        if (lost.kind != ErrorKind::Invalid)
            lost.hint = QStringLiteral("Whether it came is not known: look for the job %1 before you submit it again.").arg(of.name);
        return lost;
    };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const PipelineRun seen, azure->run(of.name));
        return QJsonObject{{Q("run"), seen.id}, {Q("state"), stateName(seen.state)}};
    };
    step.undo = [=] { return service->cancel(of.name); };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::pipelines

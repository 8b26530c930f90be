// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/commit_artifact.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/fleet/gitops_source.h"
#include "core/fleet/model_place.h"

#include <QCoreApplication>
#include <QDirIterator>
#include <QFileInfo>
#include <QJsonArray>
#include <QThread>

#include <algorithm>

namespace pilothouse::fleet {

using operations::Operation;

namespace {

using Q = QLatin1String;
constexpr qint64 largestFile = 10 << 20, largestCommit = 50 << 20; ///< above these a repository gets slow for everybody

struct Text {
    Q_DECLARE_TR_FUNCTIONS(CommitArtifact)
};

/// With a decimal point, by which a figure of a message is known.
QString figure(double value) {
    const QString text = QString::number(value, 'g', 6);
    return text.contains(QLatin1Char('.')) || text.contains(QLatin1Char('e')) || text.contains(QLatin1Char('n')) ? text : text + QStringLiteral(".0");
}

struct Packed {
    std::vector<std::pair<QString, QString>> files; ///< name in the folder → path here
    QMap<QString, double> metrics;
    QString run, digest;
    bool azure = false;
};

/// A job of a connection ("azureml:NAME") tells what it measured; in the message it has its own name.
Result<void> readJob(const Services &services, Packed &packed) {
    const QString connection = packed.run.section(QLatin1Char(':'), 0, 0);
    if (connection == packed.run || !services.pipelines || !services.workspace.connections.contains(connection))
        return {};
    PH_ASSIGN(const pipelines::PipelineRun run, services.pipelines->run(packed.run));
    packed.run = packed.run.section(QLatin1Char(':'), 1);
    packed.azure = run.system == Q("azureml");
    packed.metrics = run.metrics;
    return {};
}

Result<Packed> packedOf(const Services &services, const ArtifactWish &wish, std::stop_token stop) {
    Packed packed;
    packed.run = wish.job;
    for (const QString &file : wish.files) {
        if (!QFileInfo(file).isFile())
            return notFound(Text::tr("There is no file %1.").arg(file));
        packed.files.emplace_back(QFileInfo(file).fileName(), file);
    }
    PH_TRY(readJob(services, packed));
    if (wish.version <= 0)
        return packed.files.empty() ? Result<Packed>(invalid(Text::tr("Name a version, or files."))) : Result<Packed>(packed);
    PH_ASSIGN(const ModelPlace place, placeOf(services, wish.model));
    PH_ASSIGN(const registry::Version version, wish.files.isEmpty() ? place.packaged(wish.version, stop) : place.registry->version(place.key.name, wish.version));
    const auto connection = services.workspace.connections.constFind(place.key.connection);
    packed.azure = packed.azure || (connection != services.workspace.connections.constEnd() && connection->kind == Q("azureml"));
    packed.digest = version.digest;
    if (packed.run.isEmpty())
        packed.run = version.runId;
    if (const auto run = version.runId.isEmpty() ? Result<registry::Run>(registry::Run{}) : place.registry->run(version.runId); run && packed.metrics.isEmpty())
        packed.metrics = run->metrics; // a run that is gone says nothing; the hashes do
    if (packed.files.empty())
        for (QDirIterator it(version.source, QDir::Files, QDirIterator::Subdirectories); it.hasNext();) {
            const QString path = it.next();
            packed.files.emplace_back(QDir(version.source).relativeFilePath(path), path);
        }
    std::sort(packed.files.begin(), packed.files.end());
    return packed;
}

Result<std::vector<std::pair<QString, QByteArray>>> contentOf(const Packed &packed) {
    qint64 sum = 0;
    std::vector<std::pair<QString, QByteArray>> content;
    for (const auto &[name, path] : packed.files) {
        const qint64 bytes = QFileInfo(path).size();
        if (bytes > largestFile || (sum += bytes) > largestCommit)
            return refused(Text::tr("%1 has %2 MB: too much for a commit.").arg(name).arg(bytes >> 20), path, Text::tr("Let DVC keep it: pilot data add %1, pilot data push, then commit its pointer with --file %1.dvc.").arg(path));
        PH_ASSIGN(QByteArray read, readFile(path));
        content.emplace_back(name, std::move(read));
    }
    return content;
}

void writeMessage(const ArtifactWish &wish, const Packed &packed, ArtifactChange &change) {
    change.title = wish.version > 0 ? QStringLiteral("%1 v%2").arg(wish.model).arg(wish.version) : QStringLiteral("%1: %2").arg(wish.model, packed.files.front().first);
    QStringList figures, body;
    for (auto it = packed.metrics.begin(); it != packed.metrics.end(); ++it) {
        body << QStringLiteral("%1 = %2").arg(it.key(), figure(it.value()));
        if (figures.size() < 3)
            figures << QStringLiteral("%1 %2").arg(it.key(), figure(it.value()));
    }
    if (!figures.isEmpty())
        change.title += QStringLiteral(": ") + figures.join(QStringLiteral(", "));
    if (!body.isEmpty())
        body << QString();
    for (const registry::GitFileChange &file : change.files)
        body << QStringLiteral("sha256 %1 %2").arg(sha256Hex(file.after), file.path);
    if (!packed.digest.isEmpty())
        body << QStringLiteral("Package: %1").arg(packed.digest);
    if (!packed.run.isEmpty())
        body << QStringLiteral("%1: %2").arg(packed.azure ? QStringLiteral("Azure-Job") : QStringLiteral("Run"), packed.run);
    change.message = change.title + QStringLiteral("\n\n") + body.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

/// A rule of the server, in words that say what helps.
Error explained(Error error, const ArtifactChange &change) {
    const QString all = error.what + error.raw;
    if (all.contains(Q("protected branch"), Qt::CaseInsensitive) || all.contains(Q("GH006")) || all.contains(Q("GH013"))) {
        error.kind = ErrorKind::Refused;
        error.hint = Text::tr("%1 is protected: commit to a branch of its own and open a pull request.").arg(change.branch);
    } else if (error.kind == ErrorKind::Conflict && error.hint.isEmpty()) {
        error.hint = Text::tr("Somebody was quicker: plan it again on what is there now.");
    }
    return error;
}

std::vector<registry::GitFileChange> reversed(std::vector<registry::GitFileChange> files) {
    for (registry::GitFileChange &file : files) {
        std::swap(file.before, file.after);
        std::swap(file.made, file.gone);
    }
    return files;
}

Result<void> standsStill(const ArtifactChange &change) {
    for (const registry::GitFileChange &file : change.files) {
        const auto now = registry::gitFileOfBranch(change.source.server, change.source.copies, change.branch, file.path);
        if (!now && !(file.made && now.error().kind == ErrorKind::NotFound))
            return now.error();
        if (now && (file.made || *now != file.before))
            return Error{ErrorKind::Conflict, Text::tr("%1 is no longer what it was when the plan was made.").arg(file.path), change.source.server.url, Text::tr("Look at the plan again."), {}};
    }
    return {};
}

} // namespace

Result<ArtifactChange> planArtifactCommit(const Services &services, const ArtifactWish &wish, std::stop_token stop) {
    PH_ASSIGN(const Packed packed, packedOf(services, wish, stop));
    PH_ASSIGN(const auto content, contentOf(packed));
    ArtifactChange change;
    change.model = wish.model;
    PH_ASSIGN(change.source, gitOpsSource(services, wish.repository, wish.folder.isEmpty() ? QStringLiteral("models/") + wish.model : wish.folder));
    change.branch = !wish.branch.isEmpty() ? wish.branch : wish.version > 0 ? QStringLiteral("pilothouse/%1-v%2").arg(wish.model).arg(wish.version) : QStringLiteral("pilothouse/%1-%2").arg(wish.model, sha256Hex(content.front().second).left(7));
    for (const auto &[name, bytes] : content) {
        registry::GitFileChange file{(change.source.folder.isEmpty() ? QString() : change.source.folder + QLatin1Char('/')) + name, {}, bytes};
        auto now = registry::gitFileOfBranch(change.source.server, change.source.copies, change.branch, file.path);
        if (!now && now.error().kind != ErrorKind::NotFound)
            return now.error();
        file.made = !now;
        if (now)
            file.before = *now;
        if (file.made || file.before != file.after)
            change.files.push_back(file);
    }
    if (change.files.empty())
        return refused(Text::tr("The branch %1 has these files already.").arg(change.branch), change.source.server.url);
    PH_ASSIGN(const registry::GitOrigin origin, registry::gitOrigin(change.source.server, change.source.copies));
    change.into = origin.branch;
    if (change.branch != origin.branch)
        change.page = registry::pullRequestPage(origin.address, origin.branch, change.branch);
    writeMessage(wish, packed, change);
    return change;
}

Operation artifactOperation(const ArtifactChange &change, const QString &author, std::shared_ptr<QString> commit) {
    if (!commit)
        commit = std::make_shared<QString>();
    operations::Operation operation;
    operation.kind = QStringLiteral("commit-artifact");
    operation.object = QStringLiteral("model ") + change.model;
    operation.summary = Text::tr("Commit to %1: %2").arg(change.branch, change.title);
    operation.connection = change.source.connection;
    QJsonArray files;
    QStringList paths;
    for (const registry::GitFileChange &file : change.files) {
        files.append(QJsonObject{{Q("path"), file.path}, {Q("made"), file.made}, {Q("gone"), file.gone}, {Q("sha256"), sha256Hex(file.after)}});
        paths << file.path;
    }
    operation.details = {{Q("branch"), change.branch}, {Q("files"), files}};
    operation.undoRecord = {{Q("kind"), Q("commit-artifact")}, {Q("connection"), change.source.connection}, {Q("repository"), change.source.server.url}, {Q("branch"), change.branch}, {Q("title"), change.title}, {Q("model"), change.model}, {Q("files"), files}};
    operations::Step step;
    step.call = {QStringLiteral("COMMIT"), QStringLiteral("branch %1 of %2").arg(change.branch, change.source.server.url), paths.join(QStringLiteral(", ")), Text::tr("a commit that puts the files back"),
                 QStringLiteral("git add %1 && git commit -m '%2' && git push origin %3").arg(paths.join(QLatin1Char(' ')), QString(change.title).replace(QLatin1Char('\''), Q("'\\''")), change.branch)};
    step.guard = [change] { return standsStill(change); };
    step.execute = [change, author, commit]() -> Result<void> {
        const auto made = registry::gitCommitFiles(change.source.server, change.source.copies, change.branch, change.files, change.message + QStringLiteral("\nBy %1 with Pilothouse.\n").arg(author), author);
        if (!made)
            return explained(made.error(), change);
        *commit = *made;
        return {};
    };
    step.readBack = [change, commit]() -> Result<QJsonObject> {
        PH_ASSIGN(const QString tip, registry::gitBranchTip(change.source.server, change.source.copies, change.branch));
        if (tip.isEmpty())
            return Error{ErrorKind::Conflict, Text::tr("The branch is gone."), change.branch, {}, {}};
        QJsonObject seen{{Q("commit"), *commit}, {Q("branch"), change.branch}};
        if (tip != *commit)
            seen.insert(Q("branchTip"), tip);
        if (!change.page.isEmpty())
            seen.insert(Q("pullRequest"), change.page);
        return seen;
    };
    step.undo = [change, author]() -> Result<void> {
        const auto back = registry::gitCommitFiles(change.source.server, change.source.copies, change.branch, reversed(change.files), QStringLiteral("Revert \"%1\"\n\nBy %2 with Pilothouse.\n").arg(change.title, author), author);
        return back ? Result<void>() : Result<void>(explained(back.error(), change));
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

Result<operations::Operation> undoArtifactCommit(const Services &services, const operations::RecordedOperation &recorded) {
    QString commit;
    for (const QJsonValue &seen : recorded.after)
        commit = seen.toObject().value(Q("commit")).toString(commit);
    if (recorded.phase != Q("done") || commit.isEmpty())
        return refused(Text::tr("The journal does not say which commit %1 made.").arg(recorded.id), {}, Text::tr("Revert it by git."));
    const QJsonObject record = recorded.undoRecord;
    ArtifactChange change;
    const QString connection = record.value(Q("connection")).toString();
    PH_ASSIGN(change.source, gitOpsSource(services, connection.isEmpty() ? record.value(Q("repository")).toString() : connection));
    change.branch = record.value(Q("branch")).toString();
    change.model = record.value(Q("model")).toString();
    change.title = QStringLiteral("Revert \"%1\"").arg(record.value(Q("title")).toString());
    change.message = change.title + QStringLiteral("\n\nThis reverts commit %1.\n").arg(commit);
    for (const QJsonValue &value : record.value(Q("files")).toArray()) {
        const QJsonObject entry = value.toObject();
        registry::GitFileChange file{entry.value(Q("path")).toString(), {}, {}};
        if (entry.value(Q("gone")).toBool())
            return refused(Text::tr("%1 is the way back of another commit already.").arg(recorded.id), {}, Text::tr("Commit the version again."));
        if (entry.value(Q("made")).toBool()) {
            PH_ASSIGN(file.before, registry::gitFileOfBranch(change.source.server, change.source.copies, change.branch, file.path));
            if (sha256Hex(file.before) != entry.value(Q("sha256")).toString())
                return Error{ErrorKind::Conflict, Text::tr("%1 was changed since.").arg(file.path), change.branch, Text::tr("Revert it by git, and look at what came after it."), {}};
            file.gone = true;
        } else {
            PH_ASSIGN(const registry::GitFileChange made, registry::gitFileChange(change.source.server, change.source.copies, commit, file.path));
            file.before = made.after;
            file.after = made.before;
        }
        change.files.push_back(file);
    }
    operations::Operation operation = artifactOperation(change, services.operations->actor().name, nullptr);
    operation.details.insert(Q("undoes"), recorded.id);
    return operation;
}

Result<std::optional<pipelines::PipelineRun>> followCommit(const pipelines::PipelineService &service, const QString &pipeline, const QString &commit, const FollowOptions &options) {
    const auto sleep = options.sleep ? options.sleep : [](int ms) { QThread::msleep(static_cast<unsigned long>(ms)); };
    QString id;
    for (int waited = 0; id.isEmpty(); waited += options.pollSeconds) {
        PH_ASSIGN(const auto runs, service.runs(pipeline, 30));
        for (const pipelines::PipelineRun &run : runs)
            if (!commit.isEmpty() && run.commit == commit)
                id = run.id; // the oldest of them
        if (!id.isEmpty())
            break;
        if (waited >= options.patienceSeconds)
            return std::optional<pipelines::PipelineRun>();
        for (int n = 0; n < options.pollSeconds * 10; ++n) {
            if (options.stop.stop_requested())
                return cancelled();
            sleep(100);
        }
    }
    for (;;) {
        PH_ASSIGN(const pipelines::PipelineRun run, service.run(id));
        if (options.onRun)
            options.onRun(run);
        if (pipelines::hasEnded(run.state) || run.state == pipelines::State::Paused)
            return std::optional(run);
        for (int n = 0; n < options.pollSeconds * 10; ++n) {
            if (options.stop.stop_requested())
                return cancelled();
            sleep(100);
        }
    }
}

} // namespace pilothouse::fleet

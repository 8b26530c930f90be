// SPDX-License-Identifier: GPL-3.0-or-later
// Logs of jobs, which come whole at their end and are kept; what they tell; artifacts.
#include "core/pipelines/github_pipelines.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
constexpr qint64 pieceBytes = 4 << 20;
constexpr qint64 keptLogs = 1LL << 30; ///< bytes
constexpr int readForFigures = 4;      ///< jobs of a run whose logs are read for tests and coverage

const QString noLog = QStringLiteral("GitHub gives a job's log when the job has ended.");

/// Whether a log may have figures: the names of job and steps say what they do.
bool tells(const QJsonObject &job) {
    QString names = job.value(Q("name")).toString();
    for (const QJsonValue &step : job.value(Q("steps")).toArray())
        names += QLatin1Char(' ') + step.toObject().value(Q("name")).toString();
    static const QList<QLatin1String> words{Q("test"), Q("coverage"), Q("docker"), Q("image"), Q("publish")};
    return std::any_of(words.begin(), words.end(), [&](QLatin1String word) { return names.contains(word, Qt::CaseInsensitive); });
}

/// The oldest go when there are too many.
void trim(const QString &folder) {
    QFileInfoList files = QDir(folder).entryInfoList({QStringLiteral("*.log")}, QDir::Files, QDir::Time);
    qint64 sum = 0;
    for (const QFileInfo &file : files)
        if (sum += file.size(); sum > keptLogs)
            QFile::remove(file.filePath());
}

bool hasLog(const QJsonObject &job) {
    const State state = githubState(job.value(Q("status")).toString(), job.value(Q("conclusion")).toString());
    return hasEnded(state) && state != State::Skipped;
}

} // namespace

Result<QString> GitHubPipelines::logFile(const Place &place, const QString &job, std::stop_token token) const {
    const QString file = QStringLiteral("%1/logs/%2-%3-%4.log").arg(folder(), place.repository.owner, place.repository.name, job);
    if (QFile::exists(file))
        return file;
    PH_TRY(m_api.fetch(place.path(QStringLiteral("actions/jobs/%1/logs").arg(job)), file, token));
    trim(folder() + QStringLiteral("/logs"));
    return file;
}

Result<LogPiece> GitHubPipelines::pieceOf(const QString &path, const LogFrom &from) const {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fileError(QStringLiteral("read"), path);
    LogPiece piece;
    piece.anew = from.next.startsWith(Q("steps:")); // what stood there was no log
    qint64 at = from.next.startsWith(Q("at:")) ? from.next.mid(3).toLongLong() : 0;
    if (at == 0 && from.lastBytes > 0 && file.size() > from.lastBytes)
        piece.skipped = at = file.size() - from.lastBytes;
    if (!file.seek(std::min(at, file.size())))
        return fileError(QStringLiteral("read"), path);
    piece.bytes = file.read(pieceBytes);
    piece.next = QStringLiteral("at:%1").arg(file.pos());
    piece.end = file.pos() >= file.size();
    return piece;
}

Result<LogPiece> GitHubPipelines::readLog(const LogFrom &from, std::stop_token token) const {
    QString id = from.run;
    if (id.startsWith(Q("dispatch:"))) {
        PH_ASSIGN(const PipelineRun made, dispatched(id));
        if (made.became.isEmpty())
            return LogPiece{{}, from.next, false, false, 0, made.note};
        id = made.became;
    }
    PH_ASSIGN(const Place place, placeOf(id));
    if (from.stage.isEmpty())
        return wholeLog(place, from, token);
    if (from.next.startsWith(Q("at:"))) {
        PH_ASSIGN(const QString file, logFile(place, from.stage, token));
        return pieceOf(file, from);
    }
    bool isJob = false;
    (void)from.stage.toLongLong(&isJob);
    if (!isJob) // of the workflow's file: the job has not been made yet
        return LogPiece{{}, from.next, false, false, 0, QStringLiteral("The job has not begun. ") + noLog};
    PH_ASSIGN(const GitHubReplyPointer reply, m_api.get(place.path(QStringLiteral("actions/jobs/") + from.stage), {}, GitHubApi::Fresh::Ask, {}, token));
    const QJsonObject job = reply->json.object();
    if (hasLog(job)) {
        PH_ASSIGN(const QString file, logFile(place, from.stage, token));
        return pieceOf(file, from);
    }
    LogPiece piece;
    piece.end = job.value(Q("status")).toString() == Q("completed"); // skipped: there is none
    piece.note = piece.end ? QStringLiteral("The job was skipped: it has no log.") : noLog;
    const QByteArray text = piece.end ? QByteArray() : githubSteps(job, m_api.now());
    piece.next = QStringLiteral("steps:") + sha256Hex(text).left(16);
    if (piece.next != from.next) {
        piece.bytes = text;
        piece.anew = !from.next.isEmpty();
    }
    return piece;
}

/// The logs of all jobs that have ended, one after the other: "job:INDEX:OFFSET".
Result<LogPiece> GitHubPipelines::wholeLog(const Place &place, const LogFrom &from, std::stop_token token) const {
    PH_ASSIGN(const GitHubReplyPointer run, m_api.get(place.path(QStringLiteral("actions/runs/") + place.id), {}, GitHubApi::Fresh::Ask, {}, token));
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("filter"), QStringLiteral("latest"));
    PH_ASSIGN(const QJsonArray jobs, m_api.list(place.path(QStringLiteral("actions/runs/%1/jobs").arg(place.id)), QStringLiteral("jobs"), query, 1000));
    const bool ended = run->json.object().value(Q("status")).toString() == Q("completed");
    QStringList done = from.next.section(QLatin1Char(':'), 1, 1).split(QLatin1Char(','), Qt::SkipEmptyParts); // as they ended: what was shown stays where it is
    LogPiece piece;
    piece.next = from.next;
    piece.note = ended ? QString() : noLog;
    QString now = from.next.section(QLatin1Char(':'), 2, 2);
    qint64 at = from.next.section(QLatin1Char(':'), 3, 3).toLongLong();
    if (now.isEmpty())
        for (const QJsonValue &value : jobs)
            if (const QString id = QString::number(value.toObject().value(Q("id")).toInteger()); hasLog(value.toObject()) && !done.contains(id)) {
                now = id;
                at = 0;
                piece.bytes = "==== " + value.toObject().value(Q("name")).toString().toUtf8() + " ====\n";
                break;
            }
    if (now.isEmpty()) {
        piece.end = ended;
        return piece;
    }
    const auto file = logFile(place, now, token);
    bool jobEnd = true;
    if (file) {
        PH_ASSIGN(const LogPiece part, pieceOf(*file, {from.run, now, QStringLiteral("at:%1").arg(at), 0}));
        piece.bytes += part.bytes;
        if (part.end && !part.bytes.endsWith('\n'))
            piece.bytes += '\n';
        jobEnd = part.end;
        at = part.next.mid(3).toLongLong();
    } else if (file.error().kind == ErrorKind::NotFound) { // gone by its age: the others may be there
        piece.bytes += file.error().what.toUtf8() + '\n';
    } else {
        return file.error();
    }
    if (jobEnd)
        done << now;
    piece.next = QStringLiteral("jobs:%1:%2:%3").arg(done.join(QLatin1Char(','))).arg(jobEnd ? QString() : now).arg(jobEnd ? 0 : at);
    const auto left = std::count_if(jobs.begin(), jobs.end(), [&](const QJsonValue &j) { return hasLog(j.toObject()) && !done.contains(QString::number(j.toObject().value(Q("id")).toInteger())); });
    piece.end = ended && jobEnd && left == 0;
    return piece;
}

QString GitHubPipelines::figuresFile(const QString &repository, const QString &run, int attempt) const {
    return QStringLiteral("%1/figures/%2-%3-%4.json").arg(folder(), QString(repository).replace(QLatin1Char('/'), QLatin1Char('-')), run).arg(attempt);
}

/// Tests, coverage and pushed images of an ended run: read once from the logs of the jobs that test or publish.
void GitHubPipelines::addFigures(const Place &place, const QJsonArray &jobs, PipelineRun &run) const {
    if (!hasEnded(run.state) || run.state == State::Skipped)
        return;
    const QString kept = figuresFile(place.repository.full(), place.id, run.attempt);
    LogFigures figures;
    if (const auto bytes = QFile::exists(kept) ? readFile(kept) : Result<QByteArray>(QByteArray()); bytes && !bytes->isEmpty()) {
        figures = LogFigures::fromJson(QJsonDocument::fromJson(*bytes).object());
    } else {
        bool whole = true;
        int read = 0;
        QStringList names;
        for (qsizetype i = jobs.size() - 1; i >= 0 && read < readForFigures; --i) {
            const QJsonObject job = jobs[i].toObject();
            const QString name = job.value(Q("name")).toString();
            if (!hasLog(job) || !tells(job) || job.value(Q("run_attempt")).toInt(1) < run.attempt || names.contains(name))
                continue;
            names << name;
            ++read;
            const auto file = logFile(place, QString::number(job.value(Q("id")).toInteger()), {});
            const auto bytes = file ? readFile(*file) : Result<QByteArray>(file.error());
            if (bytes)
                figures.add(readLogFigures(*bytes));
            whole = whole && (bytes || bytes.error().kind == ErrorKind::NotFound);
        }
        if (whole)
            (void)writeFileAtomically(kept, canonicalJson(figures.toJson())); // else they are read again
    }
    run.tests = figures.tests;
    run.coverage = figures.coverage;
    for (auto it = figures.images.begin(); it != figures.images.end(); ++it)
        run.images.insert(it.key(), it.value());
}

Result<std::vector<Output>> GitHubPipelines::outputs(const QString &run) const {
    PH_ASSIGN(const Place place, runPlace(run));
    PH_ASSIGN(const QJsonArray listed, m_api.list(place.path(QStringLiteral("actions/runs/%1/artifacts").arg(place.id)), QStringLiteral("artifacts")));
    std::vector<Output> found;
    for (const QJsonValue &value : listed) {
        const QJsonObject o = value.toObject();
        Output output;
        output.name = o.value(Q("name")).toString() + (o.value(Q("expired")).toBool() ? QStringLiteral(" (expired)") : QStringLiteral(".zip"));
        output.address = QStringLiteral("artifact:%1").arg(o.value(Q("id")).toInteger());
        output.bytes = o.value(Q("size_in_bytes")).toInteger(-1);
        output.checksum = o.value(Q("digest")).toString();
        found.push_back(output);
    }
    return found;
}

Result<void> GitHubPipelines::download(const QString &run, const Output &output, const QString &file, std::stop_token token) const {
    PH_ASSIGN(const Place place, runPlace(run));
    bool isId = false;
    const qint64 id = output.address.mid(9).toLongLong(&isId);
    if (!output.address.startsWith(Q("artifact:")) || !isId)
        return invalid(QStringLiteral("“%1” is no artifact of GitHub.").arg(output.address), source());
    const QString part = file + QStringLiteral(".part");
    PH_TRY(m_api.fetch(place.path(QStringLiteral("actions/artifacts/%1/zip").arg(id)), part, token));
    if (output.checksum.startsWith(Q("sha256:"))) {
        PH_ASSIGN(const QString digest, sha256OfFile(part));
        if (digest != output.checksum.mid(7).toLower()) {
            QFile::remove(part);
            return invalid(QStringLiteral("The file does not have the checksum that GitHub gives for it."), output.name, QStringLiteral("Download it again; if that goes on, something on the way changes it."));
        }
    }
    QFile::remove(file);
    return QFile::rename(part, file) ? Result<void>() : Result<void>(fileError(QStringLiteral("write"), file));
}

} // namespace pilothouse::pipelines

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/checkpoint.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
QString indexFile(const QString &folder) { return folder + QStringLiteral("/checkpoint.json"); }
const char *const startAgain = "Start the training without --resume.";

/// SHA-256 of all files of a finished estimator, so that resuming never builds on a damaged one.
Result<QString> folderDigest(const QString &folder) {
    QByteArray list;
    const QStringList names = QDir(folder).entryList(QDir::Files, QDir::Name);
    for (const QString &name : names) {
        PH_ASSIGN(const QString hash, sha256OfFile(folder + QLatin1Char('/') + name));
        list += name.toUtf8() + ' ' + hash.toLatin1() + '\n';
    }
    return sha256Hex(list);
}

} // namespace

bool Checkpoint::exists(const QString &folder) { return QFileInfo::exists(indexFile(folder)); }

Result<Checkpoint> Checkpoint::open(const QString &folder) {
    const QString path = indexFile(folder);
    if (!exists(folder))
        return notFound(QStringLiteral("There is no checkpoint here, so nothing can be resumed."), folder, QLatin1String(startAgain));
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, path));
    JsonReader reader(object, path);
    Checkpoint checkpoint(folder);
    const qint64 format = reader.integer("format");
    checkpoint.runId = reader.text("run");
    checkpoint.recipeDigest = reader.text("recipe");
    checkpoint.dataSha256 = reader.text("data_sha256");
    checkpoint.program = reader.text("program");
    checkpoint.step = reader.integer("step");
    checkpoint.m_stateFile = reader.text("state", QString());
    const QString stateHash = reader.text("state_sha256", QString());
    const QJsonArray finished = reader.array("finished");
    checkpoint.folds = reader.has("folds") ? reader.array("folds") : QJsonArray();
    checkpoint.trials = reader.has("trials") ? reader.array("trials") : QJsonArray();
    PH_TRY(reader.check());
    if (format != 1)
        return invalid(QStringLiteral("The checkpoint has format %1; this program knows format 1.").arg(format), path, QLatin1String(startAgain));
    if (!checkpoint.m_stateFile.isEmpty()) {
        const QString statePath = folder + QLatin1Char('/') + QFileInfo(checkpoint.m_stateFile).fileName();
        PH_ASSIGN(checkpoint.m_state, readFile(statePath));
        if (sha256Hex(checkpoint.m_state) != stateHash)
            return invalid(QStringLiteral("The checkpoint's state was cut or changed."), statePath, QLatin1String(startAgain));
    }
    for (const QJsonValue &value : finished) {
        JsonReader entry(value.toObject(), path);
        Finished estimator;
        estimator.modelType = entry.text("model_type");
        estimator.folder = folder + QLatin1Char('/') + QFileInfo(entry.text("folder")).fileName();
        estimator.facts = entry.object("facts");
        const QString digest = entry.text("digest");
        PH_TRY(entry.check());
        PH_ASSIGN(const QString found, folderDigest(estimator.folder));
        if (found != digest)
            return invalid(QStringLiteral("A finished estimator in the checkpoint was cut or changed."), estimator.folder, QLatin1String(startAgain));
        checkpoint.finished.push_back(std::move(estimator));
    }
    return checkpoint;
}

Result<void> Checkpoint::writeIndex() {
    QJsonArray list;
    for (const Finished &estimator : finished) {
        PH_ASSIGN(const QString digest, folderDigest(estimator.folder));
        list.append(QJsonObject{{Q("model_type"), estimator.modelType}, {Q("folder"), QFileInfo(estimator.folder).fileName()}, {Q("facts"), estimator.facts}, {Q("digest"), digest}});
    }
    const QJsonObject object{{Q("format"), 1}, {Q("run"), runId}, {Q("recipe"), recipeDigest}, {Q("data_sha256"), dataSha256}, {Q("program"), program},
                             {Q("step"), step}, {Q("state"), m_stateFile}, {Q("state_sha256"), m_stateFile.isEmpty() ? QString() : sha256Hex(m_state)}, {Q("finished"), list}, {Q("trials"), trials}, {Q("folds"), folds}};
    return writeFileAtomically(indexFile(m_folder), prettyJson(object));
}

Result<void> Checkpoint::keep() {
    if (!written)
        return {};
    PH_TRY(makeFolder(m_folder));
    return writeIndex();
}

Result<void> Checkpoint::writeState(const QByteArray &state, qint64 atStep) {
    if (!written)
        return {};
    PH_TRY(makeFolder(m_folder));
    const QString old = m_stateFile;
    // A new name: the index goes on pointing to the old state until it points to the new one.
    const QString name = QStringLiteral("state-%1-%2-%3.bin").arg(finished.size()).arg(atStep).arg(randomHex(3));
    PH_TRY(writeFileAtomically(m_folder + QLatin1Char('/') + name, state));
    m_stateFile = name;
    m_state = state;
    step = atStep;
    PH_TRY(writeIndex());
    if (!old.isEmpty())
        QFile::remove(m_folder + QLatin1Char('/') + old);
    return {};
}

Result<QString> Checkpoint::nextFolder() const {
    const QString folder = m_folder + QStringLiteral("/estimator-%1").arg(finished.size());
    QDir(folder).removeRecursively(); // of an attempt that was killed before it was entered
    PH_TRY(makeFolder(folder));
    return folder;
}

Result<void> Checkpoint::dropState() {
    const QString old = m_stateFile;
    m_stateFile.clear();
    m_state.clear();
    step = 0;
    if (!written)
        return {};
    PH_TRY(writeIndex());
    if (!old.isEmpty())
        QFile::remove(m_folder + QLatin1Char('/') + old);
    return {};
}

Result<void> Checkpoint::addTrial(const QJsonObject &record) {
    trials.append(record);
    return keep();
}

Result<void> Checkpoint::addFold(const QJsonObject &figures) {
    if (written)
        PH_TRY(makeFolder(m_folder));
    folds.append(figures);
    return dropState();
}

Result<void> Checkpoint::addFinished(const Finished &estimator) {
    finished.push_back(estimator);
    folds = {};
    return dropState();
}

void Checkpoint::remove() {
    if (written)
        QDir(m_folder).removeRecursively();
}

} // namespace pilothouse::learn

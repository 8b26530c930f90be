// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/dvc_add.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/redact.h"
#include "core/sources/dvc_lock.h"
#include "core/sources/dvc_objects.h"
#include "core/sources/dvc_switched_off.h"
#include "core/sources/dvc_work_tree.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;

QString md5Hex(const QByteArray &bytes) {
    Hasher hasher(Hasher::Kind::Md5);
    hasher.add(bytes);
    return hasher.hex();
}

QJsonObject entryJson(const DvcHash &hash, qint64 bytes, qint64 files, bool executable) {
    return {{Q("md5"), hash.text()}, {Q("bytes"), bytes}, {Q("files"), files}, {Q("executable"), executable}};
}

/// What editDvcLock() needs of entryJson().
DvcRecord recordOf(const QJsonObject &entry) {
    const QString md5 = entry.value(Q("md5")).toString();
    DvcRecord record;
    record.hash = {md5.left(32), false, md5.size() > 32};
    record.bytes = entry.value(Q("bytes")).toInteger(-1);
    record.files = entry.value(Q("files")).toInteger(-1);
    record.executable = entry.value(Q("executable")).toBool();
    return record;
}

/// The output of a dvc.lock that an undo record is about, as it is now. Conflict if it is not as the addition left it.
Result<DvcOutput> writtenEntry(const QJsonObject &record) {
    const QString file = record.value(Q("file")).toString(), path = record.value(Q("path")).toString();
    PH_ASSIGN(const DvcRepository repository, DvcRepository::open(record.value(Q("root")).toString()));
    PH_ASSIGN(const std::vector<DvcOutput> all, repository.outputsOf(file));
    const auto out = std::find_if(all.begin(), all.end(), [&](const DvcOutput &one) { return one.path == path; });
    const DvcRecord wanted = recordOf(record.value(Q("after")).toObject());
    const bool same = out != all.end() && out->hash.text() == wanted.hash.text() && out->bytes == wanted.bytes && out->files == wanted.files && out->executable == wanted.executable;
    if (!same)
        return Error{ErrorKind::Conflict, out == all.end() ? QStringLiteral("The dvc.lock does not list %1 any more.").arg(path) : QStringLiteral("The entry of %1 changed since.").arg(path),
                     repository.root() + QLatin1Char('/') + file, QStringLiteral("Nothing was written. Look at it."), {}};
    return *out;
}

/// Digests of the file, or of all files of the folder.
Result<void> readContent(DvcAddition &plan, bool legacy, const QStringList &names, std::stop_token stop, const Progress &progress) {
    plan.record.hash.legacy = legacy;
    qint64 total = 0, done = 0;
    for (const QString &name : names)
        total += QFileInfo(name.isEmpty() ? plan.place() : plan.place() + QLatin1Char('/') + name).size();
    plan.record.bytes = total;
    plan.stored = true; // until an object is found to be missing
    for (const QString &name : names) {
        const QString path = name.isEmpty() ? plan.place() : plan.place() + QLatin1Char('/') + name;
        PH_ASSIGN(const QString md5, dvcReadThrough(path, legacy, stop, [&](const QByteArray &block) {
                      done += block.size();
                      if (progress)
                          progress(done, total);
                      return Result<void>();
                  }));
        const DvcHash hash{md5, legacy, false};
        plan.stored = plan.stored && (!plan.cached || isDvcStored(plan.cache, hash));
        if (name.isEmpty())
            plan.record.hash = hash;
        else
            plan.files.push_back({name, hash});
    }
    return {};
}

Result<std::optional<QByteArray>> readIfThere(const QString &path) {
    if (!QFileInfo::exists(path))
        return std::optional<QByteArray>();
    PH_ASSIGN(QByteArray bytes, readFile(path));
    return std::optional<QByteArray>(std::move(bytes));
}

QString beside(const QString &path, const QString &name) { return path.contains(QLatin1Char('/')) ? path.section(QLatin1Char('/'), 0, -2) + QLatin1Char('/') + name : name; }

/// Invalid if the .dvc file that is there is about something else.
Result<void> checkDvcFile(const DvcAddition &plan) {
    const QString place = plan.root + QLatin1Char('/') + plan.dvcFile;
    PH_ASSIGN(const std::vector<DvcOutput> outs, parseDvcFile(*plan.before, plan.dvcFile, place));
    if (outs.size() != 1 || outs.front().path != plan.path)
        return invalid(QStringLiteral("The .dvc file does not track exactly %1.").arg(plan.path), place, QStringLiteral("Update it with DVC itself."));
    return {};
}

/// Finds what tracks the path: its .dvc file, else a stage's entry in a dvc.lock, else a .dvc file that is to be made.
Result<DvcTracking> findTracker(DvcAddition &plan, const DvcWorkTree &tree) {
    plan.dvcFile = plan.path + QStringLiteral(".dvc");
    PH_ASSIGN(plan.before, readIfThere(plan.root + QLatin1Char('/') + plan.dvcFile));
    if (plan.before)
        PH_TRY(checkDvcFile(plan));
    PH_ASSIGN(DvcTracking tracking, tree.tracking());
    plan.old = tracking.own;
    if (plan.stage().isEmpty())
        return tracking;
    plan.dvcFile = plan.old->file;
    const QString place = plan.root + QLatin1Char('/') + plan.dvcFile;
    PH_ASSIGN(plan.before, readIfThere(place));
    if (!QFileInfo::exists(place.chopped(4) + QStringLiteral("yaml")))
        return invalid(QStringLiteral("%1 lists it as an output of the stage “%2”, and there is no dvc.yaml beside it.").arg(plan.dvcFile, plan.stage()), place,
                       QStringLiteral("Bring the dvc.yaml back, or take the entry out of the dvc.lock."));
    plan.cached = !dvcSwitchedOff(plan.root, plan.dvcFile, {QStringLiteral("cache")}).contains(plan.path);
    return tracking;
}

/// The .dvc file or dvc.lock as it will be.
Result<QByteArray> written(const DvcAddition &plan) {
    if (!plan.before)
        return dvcFileText(plan.record);
    const QString place = plan.root + QLatin1Char('/') + plan.dvcFile;
    return plan.stage().isEmpty() ? editDvcFile(*plan.before, place, plan.record) : editDvcLock(*plan.before, place, *plan.old, plan.record);
}

/// All objects into DVC's cache, the list of a folder last.
Result<void> storeAll(const DvcAddition &plan, const std::stop_token &stop, const Progress &progress) {
    qint64 done = 0;
    const auto told = [&](qint64 bytes) {
        done += bytes;
        if (progress)
            progress(done, plan.record.bytes);
    };
    for (const DvcFile &file : plan.files)
        PH_TRY(storeDvcFile(plan.cache, file.hash, plan.place() + QLatin1Char('/') + file.path, stop, told));
    return plan.record.files >= 0 ? storeDvcBytes(plan.cache, plan.record.hash, dvcDirectoryObject(plan.files)) : storeDvcFile(plan.cache, plan.record.hash, plan.place(), stop, told);
}

/// Conflict if a file is not as planned: where nothing is stored, nothing else reads it again.
Result<void> checkFiles(const DvcAddition &plan, const std::stop_token &stop) {
    for (const DvcFile &file : plan.files) {
        PH_ASSIGN(const QString md5, dvcReadThrough(plan.place() + QLatin1Char('/') + file.path, file.hash.legacy, stop));
        if (md5 != file.hash.md5)
            return changedWhileRead(plan.place() + QLatin1Char('/') + file.path);
    }
    if (plan.record.files >= 0)
        return {};
    PH_ASSIGN(const QString md5, dvcReadThrough(plan.place(), plan.record.hash.legacy, stop));
    return md5 == plan.record.hash.md5 ? Result<void>() : Result<void>(changedWhileRead(plan.place()));
}

} // namespace

QString DvcAddition::effect() const {
    const QString content = files.empty() && record.files < 0 ? QStringLiteral("%1 bytes").arg(record.bytes) : QStringLiteral("%1 files, %2 bytes").arg(record.files).arg(record.bytes);
    const QString was = old ? old->hash.text() : QString();
    if (was == record.hash.text())
        return QStringLiteral("MD5 %1 as before, %2").arg(was, content);
    return was.isEmpty() ? QStringLiteral("new: MD5 %1, %2").arg(record.hash.text(), content) : QStringLiteral("MD5 %1 → %2, %3").arg(was, record.hash.text(), content);
}

QJsonObject DvcAddition::state() const {
    QJsonObject state{{Q("path"), path}, {Q("file"), dvcFile}, {Q("md5"), record.hash.text()}, {Q("bytes"), record.bytes}};
    if (record.files >= 0)
        state.insert(Q("files"), record.files);
    if (!stage().isEmpty())
        state.insert(Q("stage"), stage());
    return state;
}

QJsonObject DvcAddition::undoRecord() const {
    if (!stage().isEmpty())
        return {{Q("kind"), Q("data.add")}, {Q("root"), root}, {Q("file"), dvcFile}, {Q("path"), path}, {Q("before"), entryJson(old->hash, old->bytes, old->files, old->executable)},
                {Q("after"), entryJson(record.hash, record.bytes, record.files, record.executable)}, {Q("ignore_file"), ignoreFile}, {Q("ignore_line"), QString::fromUtf8(ignoreLine)}};
    const QString text = before ? QString::fromUtf8(*before) : QString();
    if (redact(text) != text || text.toUtf8() != before.value_or(QByteArray()))
        return {};
    return {{Q("kind"), Q("data.add")}, {Q("root"), root}, {Q("file"), dvcFile}, {Q("before"), before ? QJsonValue(text) : QJsonValue()}, {Q("after_sha256"), sha256Hex(after)},
            {Q("ignore_file"), ignoreFile}, {Q("ignore_line"), QString::fromUtf8(ignoreLine)}};
}

Result<DvcAddition> planDvcAdd(const QString &given, std::stop_token stop, const Progress &progress) {
    DvcAddition plan;
    PH_ASSIGN(const DvcWorkTree tree, DvcWorkTree::open(given));
    plan.root = tree.root();
    plan.path = tree.path();
    plan.cache = tree.repository().cacheFolder();
    plan.record.name = plan.path.section(QLatin1Char('/'), -1);
    PH_ASSIGN(const DvcTracking tracking, findTracker(plan, tree));
    // DVC 2 does not find what lies in DVC 3's places, so what it wrote stays as it is.
    const bool allLegacy = !tracking.others.empty() && std::all_of(tracking.others.begin(), tracking.others.end(), [](const DvcOutput &out) { return out.hash.legacy; });
    const bool legacy = plan.old ? plan.old->hash.legacy : allLegacy;
    PH_ASSIGN(const QStringList names, tree.files());
    PH_TRY(readContent(plan, legacy, names, std::move(stop), progress));
    if (tree.isFolder()) {
        const QByteArray object = dvcDirectoryObject(plan.files);
        plan.record.hash = {md5Hex(object), legacy, true};
        plan.record.files = qint64(plan.files.size());
        plan.stored = plan.stored && (!plan.cached || isDvcStored(plan.cache, plan.record.hash));
    } else {
        plan.record.executable = (QFile::permissions(plan.place()) & (QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther)) != QFile::Permissions();
    }
    PH_ASSIGN(plan.after, written(plan));
    if (!plan.cached)
        return plan;
    PH_ASSIGN(const bool ignored, tree.needsNoIgnoreLine(plan.dvcFile));
    if (!ignored) {
        plan.ignoreFile = beside(plan.path, QStringLiteral(".gitignore"));
        plan.ignoreLine = gitIgnoreLine(plan.record.name);
    }
    return plan;
}

Result<void> guardDvcAdd(const DvcAddition &plan) {
    const QString file = plan.root + QLatin1Char('/') + plan.dvcFile;
    PH_ASSIGN(const std::optional<QByteArray> now, readIfThere(file));
    if (now != plan.before)
        return Error{ErrorKind::Conflict, QStringLiteral("%1 changed since the plan was made.").arg(plan.stage().isEmpty() ? QStringLiteral("The .dvc file") : QStringLiteral("The dvc.lock")), file,
                     QStringLiteral("Look at it, then try again."), {}};
    return {};
}

Result<void> executeDvcAdd(const DvcAddition &plan, std::stop_token stop, const Progress &progress) {
    PH_ASSIGN(const FileLock lock, lockDvcRepository(plan.root, stop));
    PH_TRY(guardDvcAdd(plan)); // again, now that nobody else can write
    PH_TRY(plan.cached ? storeAll(plan, stop, progress) : checkFiles(plan, stop));
    if (!plan.ignoreFile.isEmpty()) {
        const QString file = plan.root + QLatin1Char('/') + plan.ignoreFile;
        PH_ASSIGN(std::optional<QByteArray> text, readIfThere(file));
        QByteArray lines = text.value_or(QByteArray());
        if (!lines.split('\n').contains(plan.ignoreLine))
            PH_TRY(writeFileAtomically(file, lines + (lines.isEmpty() || lines.endsWith('\n') ? "" : "\n") + plan.ignoreLine + '\n'));
    }
    if (plan.before == plan.after)
        return {};
    return writeFileAtomically(plan.root + QLatin1Char('/') + plan.dvcFile, plan.after);
}

Result<QJsonObject> readBackDvcAdd(const DvcAddition &plan) {
    PH_ASSIGN(const DvcRepository repository, DvcRepository::open(plan.place()));
    PH_ASSIGN(const std::vector<DvcOutput> all, repository.outputsOf(plan.dvcFile));
    const auto output = std::find_if(all.begin(), all.end(), [&](const DvcOutput &out) { return out.path == plan.path; });
    if (output == all.end() || output->hash.text() != plan.record.hash.text() || (plan.cached && !isDvcStored(plan.cache, output->hash)))
        return Error{ErrorKind::Conflict, QStringLiteral("It was written, but what is there now is something else."), plan.root + QLatin1Char('/') + plan.dvcFile, QStringLiteral("Look at it."), {}};
    return plan.state();
}

Result<void> guardUndoDvcAdd(const QJsonObject &record) {
    if (record.value(Q("before")).isObject()) {
        const auto there = writtenEntry(record);
        return there ? Result<void>() : Result<void>(there.error());
    }
    const QString file = record.value(Q("root")).toString() + QLatin1Char('/') + record.value(Q("file")).toString();
    PH_ASSIGN(const std::optional<QByteArray> now, readIfThere(file));
    if (!now || sha256Hex(*now) != record.value(Q("after_sha256")).toString())
        return Error{ErrorKind::Conflict, now ? QStringLiteral("The .dvc file changed since.") : QStringLiteral("The .dvc file is gone."), file, QStringLiteral("Nothing was written. Look at it."), {}};
    return {};
}

Result<void> undoDvcAdd(const QJsonObject &record) {
    const QString root = record.value(Q("root")).toString(), file = root + QLatin1Char('/') + record.value(Q("file")).toString();
    PH_ASSIGN(const FileLock lock, lockDvcRepository(root, {}));
    PH_TRY(guardUndoDvcAdd(record));
    if (record.value(Q("before")).isObject()) {
        PH_ASSIGN(const DvcOutput there, writtenEntry(record));
        PH_ASSIGN(const QByteArray now, readFile(file));
        PH_ASSIGN(const QByteArray undone, editDvcLock(now, file, there, recordOf(record.value(Q("before")).toObject())));
        PH_TRY(writeFileAtomically(file, undone));
    } else if (const QString before = record.value(Q("before")).toString(); record.value(Q("before")).isString()) {
        PH_TRY(writeFileAtomically(file, before.toUtf8()));
    } else if (!QFile::remove(file)) {
        return fileError(QStringLiteral("remove"), file);
    }
    const QString ignored = record.value(Q("ignore_file")).toString(), ignoreFile = root + QLatin1Char('/') + ignored;
    PH_ASSIGN(const std::optional<QByteArray> text, ignored.isEmpty() ? Result<std::optional<QByteArray>>(std::optional<QByteArray>()) : readIfThere(ignoreFile));
    if (!text)
        return {};
    QByteArrayList lines = text->split('\n');
    if (!lines.removeOne(record.value(Q("ignore_line")).toString().toUtf8()))
        return {};
    const QByteArray rest = lines.join('\n');
    if (!rest.trimmed().isEmpty())
        return writeFileAtomically(ignoreFile, rest);
    return QFile::remove(ignoreFile) ? Result<void>() : Result<void>(fileError(QStringLiteral("remove"), ignoreFile));
}

} // namespace pilothouse::sources

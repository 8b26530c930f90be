// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/dvc_add.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/redact.h"
#include "core/sources/dvc_lock.h"
#include "core/sources/dvc_work_tree.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <functional>
#include <sys/stat.h>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;

Error changedMeanwhile(const QString &path) {
    return {ErrorKind::Conflict, QStringLiteral("The file changed while it was read."), path, QStringLiteral("Let the other program finish, then try again."), {}};
}

/// Bytes through DVC's digest of one kind, block by block as dvcDigestOfFile() takes them.
class Digest {
public:
    Digest(bool legacy, const QByteArray &begin) : m_convert(legacy && dvcLooksLikeText(begin)) {}
    void add(QByteArray block) { m_hasher.add(m_convert ? block.replace("\r\n", "\n") : block); }
    QString hex() { return m_hasher.hex(); }

private:
    bool m_convert;
    Hasher m_hasher{Hasher::Kind::Md5};
};

/// Reads a file once from begin to end; `take` may be empty. Conflict if it changes meanwhile.
Result<QString> readThrough(const QString &path, bool legacy, const std::stop_token &stop, const std::function<Result<void>(const QByteArray &)> &take) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fileError(QStringLiteral("open"), path);
    const qint64 sizeBefore = file.size(); // now: a QFileInfo would look when it is asked
    const QDateTime timeBefore = QFileInfo(path).lastModified();
    Digest digest(legacy, file.peek(512));
    qint64 bytes = 0;
    for (;;) {
        if (stop.stop_requested())
            return cancelled();
        const QByteArray block = file.read(1 << 20);
        if (file.error() != QFileDevice::NoError)
            return fileError(QStringLiteral("read"), path);
        if (block.isEmpty())
            break;
        bytes += block.size();
        digest.add(block);
        if (take)
            PH_TRY(take(block));
    }
    const QFileInfo after(path);
    if (bytes != sizeBefore || after.size() != sizeBefore || after.lastModified() != timeBefore)
        return changedMeanwhile(path);
    return digest.hex();
}

/// Whether the object lies in DVC's cache, whole.
bool isStored(const QString &cache, const DvcHash &hash) {
    const QString object = cache + QLatin1Char('/') + hash.objectPath();
    return QFileInfo(object).isFile() && dvcDigestOfFile(object, hash.legacy && !hash.directory).value_or(QString()) == hash.md5;
}

/// Brings one file into DVC's cache; read-only, as DVC keeps it.
Result<void> store(const QString &cache, const DvcHash &hash, const QString &file, const std::stop_token &stop, const std::function<void(qint64)> &told) {
    if (isStored(cache, hash))
        return {};
    return writeFileAtomically(cache + QLatin1Char('/') + hash.objectPath(), [&](int fd) -> Result<void> {
        PH_ASSIGN(const QString digest, readThrough(file, hash.legacy, stop, [&](const QByteArray &block) {
                      told(block.size());
                      return writeAll(fd, block.constData(), std::size_t(block.size()), file);
                  }));
        if (digest != hash.md5)
            return changedMeanwhile(file);
        return ::fchmod(fd, 0444) == 0 ? Result<void>() : Result<void>(fileError(QStringLiteral("protect"), file));
    });
}

Result<void> storeBytes(const QString &cache, const DvcHash &hash, const QByteArray &bytes) {
    if (isStored(cache, hash))
        return {};
    const QString object = cache + QLatin1Char('/') + hash.objectPath();
    return writeFileAtomically(object, [&](int fd) -> Result<void> {
        PH_TRY(writeAll(fd, bytes.constData(), std::size_t(bytes.size()), object));
        return ::fchmod(fd, 0444) == 0 ? Result<void>() : Result<void>(fileError(QStringLiteral("protect"), object));
    });
}

QString md5Hex(const QByteArray &bytes) {
    Hasher hasher(Hasher::Kind::Md5);
    hasher.add(bytes);
    return hasher.hex();
}

/// Digests of the file, or of all files of the folder.
Result<void> readContent(DvcAddition &plan, bool legacy, const QStringList &names, std::stop_token stop, const Progress &progress) {
    plan.record.hash.legacy = legacy;
    qint64 total = 0, done = 0;
    for (const QString &name : names)
        total += QFileInfo(name.isEmpty() ? plan.place() : plan.place() + QLatin1Char('/') + name).size();
    plan.record.bytes = total;
    plan.stored = true;
    for (const QString &name : names) {
        const QString path = name.isEmpty() ? plan.place() : plan.place() + QLatin1Char('/') + name;
        PH_ASSIGN(const QString md5, readThrough(path, legacy, stop, [&](const QByteArray &block) {
                      done += block.size();
                      if (progress)
                          progress(done, total);
                      return Result<void>();
                  }));
        const DvcHash hash{md5, legacy, false};
        plan.stored = plan.stored && isStored(plan.cache, hash);
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

/// The output of the .dvc file that is there; Invalid if that is about something else.
Result<std::optional<DvcOutput>> trackedBefore(const DvcAddition &plan) {
    if (!plan.before)
        return std::optional<DvcOutput>();
    const QString place = plan.root + QLatin1Char('/') + plan.dvcFile;
    PH_ASSIGN(const std::vector<DvcOutput> outs, parseDvcFile(*plan.before, plan.dvcFile, place));
    if (outs.size() != 1 || outs.front().path != plan.path)
        return invalid(QStringLiteral("The .dvc file does not track exactly %1.").arg(plan.path), place, QStringLiteral("Update it with DVC itself."));
    return std::optional<DvcOutput>(outs.front());
}

} // namespace

QString DvcAddition::effect() const {
    const QString content = files.empty() && record.files < 0 ? QStringLiteral("%1 bytes").arg(record.bytes) : QStringLiteral("%1 files, %2 bytes").arg(record.files).arg(record.bytes);
    const auto old = before ? parseDvcFile(*before, dvcFile, place()) : Result<std::vector<DvcOutput>>(std::vector<DvcOutput>());
    const QString was = old && !old->empty() ? old->front().hash.text() : QString();
    if (was == record.hash.text())
        return QStringLiteral("MD5 %1 as before, %2").arg(was, content);
    return was.isEmpty() ? QStringLiteral("new: MD5 %1, %2").arg(record.hash.text(), content) : QStringLiteral("MD5 %1 → %2, %3").arg(was, record.hash.text(), content);
}

QJsonObject DvcAddition::state() const {
    QJsonObject state{{Q("path"), path}, {Q("file"), dvcFile}, {Q("md5"), record.hash.text()}, {Q("bytes"), record.bytes}};
    if (record.files >= 0)
        state.insert(Q("files"), record.files);
    return state;
}

QJsonObject DvcAddition::undoRecord() const {
    const QString old = before ? QString::fromUtf8(*before) : QString();
    if (redact(old) != old || old.toUtf8() != before.value_or(QByteArray()))
        return {};
    return {{Q("kind"), Q("data.add")}, {Q("root"), root}, {Q("file"), dvcFile}, {Q("before"), before ? QJsonValue(old) : QJsonValue()}, {Q("after_sha256"), sha256Hex(after)},
            {Q("ignore_file"), ignoreFile}, {Q("ignore_line"), QString::fromUtf8(ignoreLine)}};
}

Result<DvcAddition> planDvcAdd(const QString &given, std::stop_token stop, const Progress &progress) {
    DvcAddition plan;
    PH_ASSIGN(const DvcWorkTree tree, DvcWorkTree::open(given));
    plan.root = tree.root();
    plan.path = tree.path();
    plan.dvcFile = plan.path + QStringLiteral(".dvc");
    plan.cache = tree.repository().cacheFolder();
    plan.record.name = plan.path.section(QLatin1Char('/'), -1);
    PH_ASSIGN(plan.before, readIfThere(plan.root + QLatin1Char('/') + plan.dvcFile));
    PH_ASSIGN(const std::optional<DvcOutput> old, trackedBefore(plan));
    PH_ASSIGN(const std::vector<DvcOutput> tracked, tree.othersTracked(plan.dvcFile));
    // DVC 2 does not find what lies in DVC 3's places, so what it wrote stays as it is.
    const bool allLegacy = !tracked.empty() && std::all_of(tracked.begin(), tracked.end(), [](const DvcOutput &out) { return out.hash.legacy; });
    const bool legacy = old ? old->hash.legacy : allLegacy;
    PH_ASSIGN(const QStringList names, tree.files());
    PH_TRY(readContent(plan, legacy, names, std::move(stop), progress));
    if (tree.isFolder()) {
        const QByteArray object = dvcDirectoryObject(plan.files);
        plan.record.hash = {md5Hex(object), legacy, true};
        plan.record.files = qint64(plan.files.size());
        plan.stored = plan.stored && isStored(plan.cache, plan.record.hash);
    } else {
        plan.record.executable = (QFile::permissions(plan.place()) & (QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther)) != QFile::Permissions();
    }
    if (plan.before) {
        PH_ASSIGN(plan.after, editDvcFile(*plan.before, plan.root + QLatin1Char('/') + plan.dvcFile, plan.record));
    } else {
        plan.after = dvcFileText(plan.record);
    }
    PH_ASSIGN(const bool ignored, tree.needsNoIgnoreLine());
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
        return Error{ErrorKind::Conflict, QStringLiteral("The .dvc file changed since the plan was made."), file, QStringLiteral("Look at it, then try again."), {}};
    return {};
}

Result<void> executeDvcAdd(const DvcAddition &plan, std::stop_token stop, const Progress &progress) {
    PH_ASSIGN(const FileLock lock, lockDvcRepository(plan.root, stop));
    PH_TRY(guardDvcAdd(plan)); // again, now that nobody else can write
    qint64 done = 0;
    const auto told = [&](qint64 bytes) {
        done += bytes;
        if (progress)
            progress(done, plan.record.bytes);
    };
    for (const DvcFile &file : plan.files)
        PH_TRY(store(plan.cache, file.hash, plan.place() + QLatin1Char('/') + file.path, stop, told));
    if (plan.record.files >= 0) {
        PH_TRY(storeBytes(plan.cache, plan.record.hash, dvcDirectoryObject(plan.files)));
    } else {
        PH_TRY(store(plan.cache, plan.record.hash, plan.place(), stop, told));
    }
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
    PH_ASSIGN(const DvcOutput output, repository.output(plan.root + QLatin1Char('/') + plan.dvcFile));
    if (output.hash.text() != plan.record.hash.text() || !isStored(plan.cache, output.hash))
        return Error{ErrorKind::Conflict, QStringLiteral("The .dvc file was written, but what is there now is another one."), plan.root + QLatin1Char('/') + plan.dvcFile, QStringLiteral("Look at it."), {}};
    return plan.state();
}

Result<void> guardUndoDvcAdd(const QJsonObject &record) {
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
    if (const QString before = record.value(Q("before")).toString(); record.value(Q("before")).isString()) {
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

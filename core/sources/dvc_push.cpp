// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/dvc_push.h"

#include "core/base/file.h"
#include "core/base/redact.h"
#include "core/sources/dvc_switched_off.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QSet>

#include <algorithm>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;

QString localObject(const QString &cache, const DvcHash &hash) { return cache + QLatin1Char('/') + hash.objectPath(); }

/// The paths that a .dvc file, or the dvc.yaml of a dvc.lock, keeps from being pushed.
QSet<QString> heldBack(const QString &root, const QString &file) { return dvcSwitchedOff(root, file, {QStringLiteral("cache"), QStringLiteral("push")}); }

Result<std::vector<DvcOutput>> wantedOutputs(const DvcRepository &repository, const QString &path) {
    if (QFileInfo(path).fileName() != Q("dvc.lock")) {
        PH_ASSIGN(const DvcOutput output, repository.output(path));
        if (heldBack(repository.root(), output.file).contains(output.path))
            return refused(QStringLiteral("%1 is not to be pushed: its “cache” or “push” is false.").arg(output.path), repository.root() + QLatin1Char('/') + output.file, QStringLiteral("Change it there if it shall go out."));
        return std::vector<DvcOutput>{output};
    }
    const QString wanted = QDir(repository.root()).relativeFilePath(QDir::cleanPath(QFileInfo(path).absoluteFilePath()));
    PH_ASSIGN(std::vector<DvcOutput> all, repository.outputs());
    const QSet<QString> kept = heldBack(repository.root(), wanted);
    std::erase_if(all, [&](const DvcOutput &out) { return out.file != wanted || kept.contains(out.path); });
    if (all.empty())
        return notFound(QStringLiteral("The dvc.lock lists no output that DVC stores."), path, QStringLiteral("`dvc repro` makes the outputs of dvc.yaml."));
    return all;
}

Result<DvcObject> inCache(const QString &cache, const DvcHash &hash, const QString &of) {
    const QFileInfo info(localObject(cache, hash));
    if (!info.isFile())
        return notFound(QStringLiteral("DVC's cache does not have the object %1 of %2, so it cannot be sent.").arg(hash.text(), of), info.filePath(), QStringLiteral("`pilot data add` or `dvc pull` brings it."));
    return DvcObject{hash, info.size()};
}

/// The output's objects, its list last.
Result<void> collect(const QString &cache, const DvcOutput &output, QSet<QString> &seen, std::vector<DvcObject> &all) {
    PH_ASSIGN(const DvcObject own, inCache(cache, output.hash, output.path));
    std::vector<DvcFile> files;
    if (output.hash.directory) {
        PH_ASSIGN(const QByteArray json, readFile(localObject(cache, output.hash)));
        PH_ASSIGN(files, parseDvcDirectory(json, localObject(cache, output.hash), output.hash.legacy));
    }
    for (const DvcFile &file : files) {
        if (seen.contains(file.hash.objectPath()))
            continue;
        seen.insert(file.hash.objectPath());
        PH_ASSIGN(const DvcObject object, inCache(cache, file.hash, output.path + QLatin1Char('/') + file.path));
        all.push_back(object);
    }
    if (!seen.contains(own.hash.objectPath()))
        all.push_back(own);
    seen.insert(own.hash.objectPath());
    return {};
}

/// A digest of DVC 2 is that of two texts which differ in their line ends only: their lengths differ.
bool lengthIsKnown(const DvcHash &hash) { return !hash.legacy || hash.directory; }

struct Stat {
    qint64 bytes;
    QDateTime time;
    bool operator==(const Stat &) const = default;
};
Stat statOf(const QString &path) {
    const QFileInfo info(path);
    return {info.size(), info.lastModified()};
}

Result<void> sendOne(DvcPush &push, const DvcObject &object, const std::stop_token &stop, const Progress &progress) {
    const QString file = localObject(push.cache, object.hash), name = object.hash.objectPath();
    PH_ASSIGN(const std::optional<qint64> there, push.store->size(name, stop)); // since the plan somebody may have sent it
    if (there)
        return {};
    const Stat before = statOf(file);
    PH_ASSIGN(const QString digest, dvcDigestOfFile(file, !lengthIsKnown(object.hash)));
    if (digest != object.hash.md5)
        return invalid(QStringLiteral("The object in DVC's cache is damaged: its MD5 is %1, not %2. It was not sent.").arg(digest, object.hash.md5), file, QStringLiteral("Remove it, then `pilot data add` or `dvc pull` brings it again."));
    PH_ASSIGN(const DvcStore::Written written, push.store->put(name, file, stop, progress));
    if (written.made)
        push.made.push_back({name, written.version});
    if (statOf(file) == before)
        return {};
    if (written.made) { // what went may be half of one and half of another
        PH_TRY(push.store->remove(name, written.version));
        push.made.pop_back();
    }
    return Error{ErrorKind::Conflict, QStringLiteral("The file changed while it was sent; the object was taken away again."), file, QStringLiteral("Let the other program finish, then try again."), {}};
}

} // namespace

QString DvcPush::effect() const {
    return QStringLiteral("%1 objects, %2 bytes; %3 are there already").arg(missing.size()).arg(bytes).arg(there);
}

QJsonArray DvcPush::madeJson() const {
    QJsonArray all;
    for (const Made &one : made)
        all.append(QJsonObject{{Q("object"), one.object}, {Q("version"), one.version}});
    return all;
}

Result<DvcPush> planDvcPush(const QString &path, const QString &remoteName, const SourceSpec &spec, const Access &access, const Cache &cache, std::stop_token stop) {
    DvcPush push;
    PH_ASSIGN(const DvcRepository repository, DvcRepository::open(path));
    push.root = repository.root();
    push.cache = repository.cacheFolder();
    PH_ASSIGN(push.outputs, wantedOutputs(repository, path));
    const QString own = push.outputs.front().remote;
    if (remoteName.isEmpty() && std::any_of(push.outputs.begin(), push.outputs.end(), [&](const DvcOutput &out) { return out.remote != own; }))
        return invalid(QStringLiteral("The outputs of this dvc.lock have different remotes."), path, QStringLiteral("Push each by its name, or all to one with --remote NAME."));
    PH_ASSIGN(push.remote, repository.remote(remoteName.isEmpty() ? own : remoteName));
    PH_ASSIGN(std::unique_ptr<DvcStore> store, openDvcStore(push.remote, spec, access, cache));
    push.store = std::move(store);
    QSet<QString> seen;
    std::vector<DvcObject> all;
    for (const DvcOutput &output : push.outputs)
        PH_TRY(collect(push.cache, output, seen, all));
    for (const DvcObject &object : all) {
        PH_ASSIGN(const std::optional<qint64> there, push.store->size(object.hash.objectPath(), stop));
        if (there && *there != object.bytes && lengthIsKnown(object.hash))
            return Error{ErrorKind::Conflict, QStringLiteral("The remote has this object, but with %1 bytes, not %2: it is damaged there.").arg(*there).arg(object.bytes), push.store->place(object.hash.objectPath()),
                         QStringLiteral("Delete it there, then push again."), {}};
        if (there) {
            ++push.there;
            continue;
        }
        push.missing.push_back(object);
        push.bytes += object.bytes;
    }
    return push;
}

Result<void> guardDvcPush(const DvcPush &push) {
    for (const DvcObject &object : push.missing)
        if (!QFileInfo(localObject(push.cache, object.hash)).isFile())
            return Error{ErrorKind::Conflict, QStringLiteral("The object went from DVC's cache since the plan was made."), localObject(push.cache, object.hash), QStringLiteral("Bring it with `dvc pull`, then try again."), {}};
    return {};
}

Result<void> executeDvcPush(DvcPush &push, std::stop_token stop, const Progress &progress) {
    qint64 before = 0;
    for (std::size_t i = 0; i < push.missing.size(); ++i) {
        const auto told = [&](qint64 done, qint64) {
            if (progress)
                progress(before + done, push.bytes);
        };
        const Result<void> sent = stop.stop_requested() ? Result<void>(cancelled()) : sendOne(push, push.missing[i], stop, told);
        if (!sent) {
            Error error = sent.error();
            if (error.kind != ErrorKind::Cancelled)
                error.what = QStringLiteral("%1 of %2 objects were sent, then: ").arg(i).arg(push.missing.size()) + error.what;
            if (error.hint.isEmpty())
                error.hint = QStringLiteral("Push again: it goes on where this broke off.");
            return error;
        }
        before += push.missing[i].bytes;
    }
    return {};
}

Result<QJsonObject> readBackDvcPush(const DvcPush &push) {
    for (const DvcOutput &output : push.outputs) {
        PH_ASSIGN(const std::optional<qint64> there, push.store->size(output.hash.objectPath(), {}));
        if (!there)
            return Error{ErrorKind::Conflict, QStringLiteral("The objects were sent, but %1 is not there now.").arg(output.hash.text()), push.store->place(output.hash.objectPath()), QStringLiteral("Did somebody take it away? Push again."), {}};
    }
    return QJsonObject{{Q("remote"), push.remote.name}, {Q("url"), redact(push.remote.url)}, {Q("sent"), qint64(push.made.size())}, {Q("there"), push.there + qint64(push.missing.size() - push.made.size())},
                       {Q("bytes"), push.bytes}, {Q("made"), push.madeJson()}};
}

Result<void> guardUndoDvcPush(DvcStore &store, const QJsonArray &made) {
    for (const QJsonValue &one : made) {
        PH_ASSIGN(const std::optional<qint64> there, store.size(one[Q("object")].toString(), {}));
        if (there)
            return {};
    }
    return Error{ErrorKind::Conflict, QStringLiteral("Nothing that this push sent is there any more."), {}, QStringLiteral("Nothing was changed."), {}};
}

Result<void> undoDvcPush(DvcStore &store, const QJsonArray &made) {
    for (qsizetype i = made.size(); i-- > 0;)
        PH_TRY(store.remove(made[i][Q("object")].toString(), made[i][Q("version")].toString()));
    return {};
}

} // namespace pilothouse::sources

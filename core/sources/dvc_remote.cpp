// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/dvc_remote.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/net/sftp_write.h"

#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;

Error otherLength(const QString &place, qint64 is, qint64 should) {
    return {ErrorKind::Conflict, QStringLiteral("The object was sent, but %1 bytes lie there, not %2.").arg(is).arg(should), place, QStringLiteral("Push again; if it stays so, look at the remote's disk."), {}};
}

class FolderStore final : public DvcStore {
public:
    explicit FolderStore(QString folder) : m_folder(std::move(folder)) {}
    QString place(const QString &object) const override { return m_folder + QLatin1Char('/') + object; }
    Result<std::optional<qint64>> size(const QString &object, std::stop_token) override {
        const QFileInfo info(place(object));
        return info.isFile() ? std::optional<qint64>(info.size()) : std::nullopt;
    }
    Result<Written> put(const QString &object, const QString &file, std::stop_token stop, const Progress &progress) override {
        const QString temporary = place(object) + QLatin1Char('.') + randomHex(6) + QStringLiteral(".part");
        PH_ASSIGN(const QString sent, copy(file, temporary, stop, progress));
        Result<Written> done = claim(object, temporary);
        if (!done || !done->made)
            QFile::remove(temporary);
        if (!done || !done->made)
            return done;
        PH_TRY(syncFolder(QFileInfo(place(object)).absolutePath()));
        PH_ASSIGN(const QString there, sha256OfFile(place(object)));
        if (there != sent)
            return Error{ErrorKind::Conflict, QStringLiteral("The object was written, but other bytes are read back."), place(object), QStringLiteral("Look at the remote's disk, then push again."), {}};
        return done;
    }
    Result<void> remove(const QString &object, const QString &) override {
        return !QFileInfo::exists(place(object)) || QFile::remove(place(object)) ? Result<void>() : Result<void>(fileError(QStringLiteral("remove"), place(object)));
    }

private:
    /// Gives the SHA-256 of what was read.
    Result<QString> copy(const QString &from, const QString &to, const std::stop_token &stop, const Progress &progress) const {
        QFile in(from);
        if (!in.open(QIODevice::ReadOnly))
            return fileError(QStringLiteral("open"), from);
        Hasher hasher(Hasher::Kind::Sha256);
        PH_TRY(writeFileAtomically(to, [&](int fd) -> Result<void> {
            for (qint64 done = 0;;) {
                if (stop.stop_requested())
                    return cancelled();
                const QByteArray block = in.read(1 << 20);
                if (in.error() != QFileDevice::NoError)
                    return fileError(QStringLiteral("read"), from);
                if (block.isEmpty())
                    return ::fchmod(fd, 0444) == 0 ? Result<void>() : Result<void>(fileError(QStringLiteral("protect"), to)); // as DVC
                hasher.add(block);
                PH_TRY(writeAll(fd, block.constData(), std::size_t(block.size()), to));
                done += block.size();
                if (progress)
                    progress(done, in.size());
            }
        }));
        return hasher.hex();
    }
    /// The first of two that push at once has made it.
    Result<Written> claim(const QString &object, const QString &temporary) const {
        const QByteArray from = QFile::encodeName(temporary), to = QFile::encodeName(place(object));
        if (::renameat2(AT_FDCWD, from.constData(), AT_FDCWD, to.constData(), RENAME_NOREPLACE) == 0)
            return Written{};
        if (errno == EEXIST)
            return Written{false, {}};
        if (errno != EINVAL && errno != ENOSYS) // a file system that cannot do it so (NFS)
            return fileError(QStringLiteral("put in place"), place(object));
        if (QFileInfo::exists(place(object)))
            return Written{false, {}};
        return ::rename(from.constData(), to.constData()) == 0 ? Result<Written>(Written{}) : Result<Written>(fileError(QStringLiteral("put in place"), place(object)));
    }
    QString m_folder;
};

class S3Store final : public DvcStore {
public:
    S3Store(DvcRemote remote, S3Client client, Cache cache) : m_remote(std::move(remote)), m_client(std::move(client)), m_cache(std::move(cache)) {}
    QString place(const QString &object) const override { return m_remote.url + QLatin1Char('/') + object; }
    Result<std::optional<qint64>> size(const QString &object, std::stop_token stop) override {
        PH_ASSIGN(const S3Location where, dvcS3Object(m_remote, object));
        const auto there = m_client.head(where, {}, stop);
        if (!there && there.error().kind != ErrorKind::NotFound)
            return there.error();
        if (there)
            return std::optional<qint64>(there->bytes);
        if (!m_bucketSeen) { // a HEAD does not say whether the object is missing or its bucket
            PH_ASSIGN(m_bucketSeen, m_client.bucketExists(where.bucket, stop));
            if (!m_bucketSeen)
                return notFound(QStringLiteral("There is no bucket “%1”.").arg(where.bucket), place(object), QStringLiteral("Make it, or correct the remote in .dvc/config."));
        }
        return std::optional<qint64>();
    }
    Result<Written> put(const QString &object, const QString &file, std::stop_token stop, const Progress &progress) override {
        PH_ASSIGN(const S3Location where, dvcS3Object(m_remote, object));
        const QString name = QStringLiteral("upload ") + m_client.endpoint().url + QLatin1Char(' ') + where.text();
        PH_ASSIGN(const FileLock lock, m_cache.lock(name, stop)); // two programs of one user would share the state of the parts
        PH_ASSIGN(const std::optional<qint64> already, size(object, stop));
        if (already)
            return Written{false, {}};
        PH_ASSIGN(const S3Object written, m_client.upload(where, file, m_cache.partial(name, "json"), stop, progress));
        PH_ASSIGN(const S3Object there, m_client.head(where, {}, stop));
        if (there.bytes != QFileInfo(file).size())
            return otherLength(place(object), there.bytes, QFileInfo(file).size());
        const QString version = written.versionId.isEmpty() ? there.versionId : written.versionId;
        return Written{true, version == Q("null") ? QString() : version};
    }
    Result<void> remove(const QString &object, const QString &version) override {
        PH_ASSIGN(const S3Location where, dvcS3Object(m_remote, object));
        return m_client.remove(where, version);
    }

private:
    DvcRemote m_remote;
    S3Client m_client;
    Cache m_cache;
    bool m_bucketSeen = false;
};

class SshStore final : public DvcStore {
public:
    explicit SshStore(DvcRemote remote) : m_remote(std::move(remote)), m_writer(dvcSftpFile(m_remote, {})) {}
    QString place(const QString &object) const override { return m_writer.place(path(object)); }
    Result<std::optional<qint64>> size(const QString &object, std::stop_token stop) override { return m_writer.size(path(object), stop); }
    Result<Written> put(const QString &object, const QString &file, std::stop_token stop, const Progress &progress) override {
        const auto sent = m_writer.put(file, path(object), stop, progress);
        PH_ASSIGN(const std::optional<qint64> there, m_writer.size(path(object), stop));
        const qint64 bytes = QFileInfo(file).size();
        if (!sent) // most servers do not rename onto what is there: then somebody else was faster
            return there == bytes ? Result<Written>(Written{false, {}}) : Result<Written>(sent.error());
        return there == bytes ? Result<Written>(Written{}) : Result<Written>(otherLength(place(object), there.value_or(0), bytes));
    }
    Result<void> remove(const QString &object, const QString &) override { return m_writer.remove(path(object)); }

private:
    QString path(const QString &object) const { return dvcSftpFile(m_remote, object).path; }
    DvcRemote m_remote;
    net::SftpWriter m_writer;
};

/// What DVC would do with the remote's settings and this does not.
Result<void> checkWritable(const DvcRemote &remote) {
    const QString what = QStringLiteral("The DVC remote “%1” cannot be written here: %2.");
    const QString hint = QStringLiteral("Use `dvc push`, or another remote (--remote NAME).");
    if (remote.kind == DvcRemote::Kind::Http)
        return refused(what.arg(remote.name, QStringLiteral("it is an http remote")), remote.url, hint);
    for (const char *key : {"version_aware", "worktree"})
        if (remote.options.value(Q(key)).toLower() == Q("true"))
            return refused(what.arg(remote.name, QStringLiteral("it keeps files under their own names (%1)").arg(Q(key))), remote.url, hint);
    for (auto it = remote.options.begin(); it != remote.options.end() && remote.kind == DvcRemote::Kind::S3; ++it)
        if (it.key().startsWith(Q("sse")) || it.key() == Q("acl") || it.key().startsWith(Q("grant_")))
            return refused(what.arg(remote.name, QStringLiteral("objects must be sent with its “%1”").arg(it.key())), remote.url, hint);
    return {};
}

} // namespace

Result<S3Client> dvcS3Client(const DvcRemote &remote, const SourceSpec &spec, const Access &access) {
    PH_ASSIGN(const S3Client found, s3For(spec, access, remote.options.value(QStringLiteral("endpointurl"), QStringLiteral("")), remote.options.value(QStringLiteral("profile"))));
    S3Endpoint endpoint = found.endpoint();
    if (spec.connection.isEmpty() && !remote.options.value(QStringLiteral("region")).isEmpty())
        endpoint.region = remote.options.value(QStringLiteral("region"));
    if (endpoint.credentials.isAnonymous()) // DVC's own place for them: config.local
        endpoint.credentials = {remote.options.value(QStringLiteral("access_key_id")), remote.options.value(QStringLiteral("secret_access_key")), remote.options.value(QStringLiteral("session_token"))};
    return S3Client(access.http, endpoint);
}

Result<S3Location> dvcS3Object(const DvcRemote &remote, const QString &object) {
    PH_ASSIGN(const S3Location base, parseS3Url(remote.url));
    return S3Location{base.bucket, (base.key.isEmpty() ? QString() : base.key + QLatin1Char('/')) + object};
}

net::SftpFile dvcSftpFile(const DvcRemote &remote, const QString &object) {
    const QUrl url(remote.url);
    net::SftpFile file;
    file.host = url.host();
    file.port = url.port(remote.options.value(QStringLiteral("port"), QStringLiteral("22")).toInt());
    file.user = url.userName().isEmpty() ? remote.options.value(QStringLiteral("user")) : url.userName();
    file.password = remote.options.value(QStringLiteral("password"));
    file.keyFile = remote.options.value(QStringLiteral("keyfile"));
    file.path = url.path() + QLatin1Char('/') + object;
    return file;
}

Result<std::unique_ptr<DvcStore>> openDvcStore(const DvcRemote &remote, const SourceSpec &spec, const Access &access, const Cache &cache) {
    PH_TRY(checkWritable(remote));
    std::unique_ptr<DvcStore> store;
    if (remote.kind == DvcRemote::Kind::Ssh) {
        store = std::make_unique<SshStore>(remote);
    } else if (remote.kind == DvcRemote::Kind::S3) {
        PH_ASSIGN(S3Client client, dvcS3Client(remote, spec, access));
        store = std::make_unique<S3Store>(remote, std::move(client), cache);
    } else {
        store = std::make_unique<FolderStore>(remote.url);
    }
    return store;
}

} // namespace pilothouse::sources

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/sources/git_revision.h"

#include <QMap>
#include <QString>

#include <optional>
#include <vector>

namespace pilothouse::sources {

/// How DVC hashes and lays out an object. `hash: md5` (DVC 3): MD5 of the bytes, files/md5/ab/cdef…. No `hash:` (DVC 1 and 2): MD5
/// after \r\n became \n in what looks like text, ab/cdef….
struct DvcHash {
    QString md5; ///< lower-case hex, 32 characters
    bool legacy = false, directory = false; ///< directory: the object is a list of files, its name ends in .dir
    QString objectPath() const; ///< below a remote's or cache's folder
    QString text() const { return md5 + (directory ? QStringLiteral(".dir") : QString()); }
};

/// One output that DVC tracks: of a .dvc file, or of a stage in dvc.lock.
struct DvcOutput {
    QString path;   ///< relative to the repository's root
    QString file;   ///< what says so, relative too: data/raw.csv.dvc or dvc.lock
    QStringList entry; ///< its place in the file: {"outs", "0"}; {"stages", "prepare", "outs", "1"}, without "stages" in a dvc.lock of schema 1
    DvcHash hash;
    qint64 bytes = -1;       ///< -1: not said
    qint64 files = -1;       ///< of a directory; -1: not said
    bool executable = false; ///< of a file
    QString remote; ///< empty: the repository's default
    QString importedFrom; ///< address of the Git repository that `dvc import` took it from: DVC never pushes it to this one's remote; empty: its own
    QString stage() const { return entry.size() > 2 ? entry[entry.size() - 3] : QString(); } ///< of dvc.lock; empty: a .dvc file's
};

/// One file of a directory object.
struct DvcFile {
    QString path; ///< below the directory
    DvcHash hash;
};

/// A remote of .dvc/config (system, user, repository and config.local laid over each other, as DVC does).
struct DvcRemote {
    enum class Kind { Folder, S3, Http, Ssh } kind = Kind::Folder;
    QString name, url;              ///< Folder: an absolute path
    QMap<QString, QString> options; ///< endpointurl, profile, region, user, port …
};

/// What DVC tracks in a repository, in the work tree or at a Git revision. Reads only.
class DvcRepository {
public:
    /// @param path any path inside; the root is the nearest folder above with .dvc/
    /// @param revision Git revision; empty: the work tree
    /// NotFound: no .dvc folder above, no such revision.
    static Result<DvcRepository> open(const QString &path, const QString &revision = {});

    const QString &root() const { return m_root; }
    QString commit() const { return m_git ? m_git->commit() : QString(); }
    /// The output that a path means: X.dvc itself, the file or folder that a .dvc file or dvc.lock lists, or one below such a folder.
    /// NotFound names the nearest tracked path.
    Result<DvcOutput> output(const QString &path) const;
    Result<std::vector<DvcOutput>> outputs() const;
    /// What one .dvc file or dvc.lock says.
    /// @param file  relative to the root
    Result<std::vector<DvcOutput>> outputsOf(const QString &file) const;
    /// The remote by name; empty: `core.remote`, else the only one.
    Result<DvcRemote> remote(const QString &name = {}) const;
    /// DVC's own cache of this repository.
    QString cacheFolder() const;

private:
    Result<QByteArray> read(const QString &path) const;
    Result<QStringList> trackingFiles() const;
    QMap<QString, QMap<QString, QString>> configuration() const;
    QString m_root;
    std::optional<GitRevision> m_git;
};

/// A .dvc file's outputs. Paths are relative to `folder` (the file's own, relative to the root).
Result<std::vector<DvcOutput>> parseDvcFile(const QByteArray &yaml, const QString &file, const QString &place);
/// dvc.lock of schema 1 and 2. @param stageFolders `wdir` of the stages of dvc.yaml
Result<std::vector<DvcOutput>> parseDvcLock(const QByteArray &yaml, const QString &file, const QString &place, const QMap<QString, QString> &stageFolders = {});
/// A .dir object: [{"md5","relpath"}]. Invalid if a path leads out of the directory.
Result<std::vector<DvcFile>> parseDvcDirectory(const QByteArray &json, const QString &place, bool legacy);

/// The digest by DVC's own rule for the hash's kind (see DvcHash).
Result<QString> dvcDigestOfFile(const QString &path, bool legacy);
/// What DVC takes for text: no NUL and at most 30 % of other than printable ASCII, \n \r \t \f \b in the first 512 bytes.
bool dvcLooksLikeText(const QByteArray &begin);

} // namespace pilothouse::sources

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/package.h"

#include "core/artifact/mlmodel.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <unistd.h>

namespace pilothouse::artifact {

namespace {

using Q = QLatin1String;
const QString sumsName = QStringLiteral("SHA256SUMS");

const QString damaged = QStringLiteral("The package was cut or changed after it was written. Copy it again from where it came from, or train again.");

/// Every file under the folder, relative, sorted; hidden ones and links too, so that nothing can hide in a package.
QStringList filesIn(const QString &folder) {
    QStringList names;
    QDirIterator it(folder, QDir::Files | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (it.hasNext())
        names << QDir(folder).relativeFilePath(it.next());
    names.sort();
    return names;
}

Result<void> syncFile(const QString &path) {
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fileError(QStringLiteral("open"), path);
    const bool synced = ::fsync(fd) == 0;
    ::close(fd);
    if (!synced)
        return fileError(QStringLiteral("write"), path);
    return {};
}

QByteArray sumsOf(const QMap<QString, QString> &files) {
    QByteArray lines;
    for (auto it = files.begin(); it != files.end(); ++it)
        lines += it.value().toLatin1() + "  " + it.key().toUtf8() + '\n';
    return "# pilothouse package: " + QByteArray::number(files.size()) + " files, these lines " + sha256Hex(lines).toLatin1() + '\n' + lines;
}

/// SHA256SUMS as name → hash. It must be byte for byte what sumsOf() writes: a harmed list would otherwise blame another file.
Result<QMap<QString, QString>> parseSums(const QByteArray &text, const QString &path) {
    QMap<QString, QString> files;
    for (const QByteArray &line : text.split('\n')) {
        if (line.isEmpty() || line.startsWith('#'))
            continue;
        if (line.size() < 67 || line.mid(64, 2) != "  ")
            return invalid(QStringLiteral("A line of %1 is not “hash  name”.").arg(sumsName), path, damaged);
        files.insert(QString::fromUtf8(line.mid(66)), QString::fromLatin1(line.left(64)));
    }
    if (sumsOf(files) != text)
        return invalid(QStringLiteral("%1 was cut or changed.").arg(sumsName), path, damaged);
    return files;
}

struct Verified {
    QMap<QString, QString> files;
    QString digest;
};

Result<Verified> verify(const QString &folder) {
    if (!QFileInfo(folder).isDir())
        return notFound(QStringLiteral("There is no model package here."), folder);
    const QString sumsPath = folder + QLatin1Char('/') + sumsName;
    if (!QFileInfo::exists(sumsPath))
        return invalid(QStringLiteral("%1 is missing, so this is no whole model package.").arg(sumsName), sumsPath, damaged);
    PH_ASSIGN(const QByteArray text, readFile(sumsPath));
    Verified verified;
    PH_ASSIGN(verified.files, parseSums(text, sumsPath));
    verified.digest = sha256Hex(text);
    const QStringList present = filesIn(folder);
    for (const QString &name : present) {
        if (name == sumsName)
            continue;
        if (!verified.files.contains(name))
            return invalid(QStringLiteral("“%1” does not belong to the package: it was added.").arg(name), folder + QLatin1Char('/') + name, damaged);
        if (QFileInfo(folder + QLatin1Char('/') + name).isSymLink())
            return invalid(QStringLiteral("“%1” is a link; a package holds files only.").arg(name), folder + QLatin1Char('/') + name, damaged);
    }
    for (auto it = verified.files.begin(); it != verified.files.end(); ++it) {
        const QString path = folder + QLatin1Char('/') + it.key();
        if (!present.contains(it.key()))
            return invalid(QStringLiteral("“%1” is missing from the package.").arg(it.key()), path, damaged);
        PH_ASSIGN(const QString hash, sha256OfFile(path));
        if (hash != it.value())
            return invalid(QStringLiteral("“%1” is not the file that was written: its SHA-256 differs.").arg(it.key()), path, damaged);
    }
    return verified;
}

/// Block by block, for weights may be gigabytes. Gives the SHA-256 of what was copied.
Result<QString> copyFile(const QString &from, const QString &to) {
    QFile in(from);
    if (!in.open(QIODevice::ReadOnly))
        return fileError(QStringLiteral("open"), from);
    Hasher hasher(Hasher::Kind::Sha256);
    PH_TRY(writeFileAtomically(to, [&](int fd) -> Result<void> {
        QByteArray block(1 << 20, Qt::Uninitialized);
        for (qint64 n = 0; (n = in.read(block.data(), block.size())) > 0;) {
            hasher.add(block.constData(), std::size_t(n));
            PH_TRY(writeAll(fd, block.constData(), std::size_t(n), to));
        }
        return in.error() == QFileDevice::NoError ? Result<void>() : Result<void>(fileError(QStringLiteral("read"), from));
    }));
    return hasher.hex();
}

Result<QJsonObject> readObject(const QString &path) {
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    return parseJsonObject(bytes, path);
}

} // namespace

Result<QString> sealPackage(const QString &folder) {
    QMap<QString, QString> files;
    for (const QString &name : filesIn(folder)) {
        if (name == sumsName)
            continue;
        const QString path = folder + QLatin1Char('/') + name;
        PH_ASSIGN(const QString hash, sha256OfFile(path));
        PH_TRY(syncFile(path));
        files.insert(name, hash);
    }
    const QByteArray text = sumsOf(files);
    PH_TRY(writeFileAtomically(folder + QLatin1Char('/') + sumsName, text));
    QDirIterator it(folder, QDir::Dirs | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (it.hasNext())
        PH_TRY(syncFolder(it.next()));
    PH_TRY(syncFolder(folder));
    return sha256Hex(text);
}

Result<Package> openPackage(const QString &folder) {
    PH_ASSIGN(Verified verified, verify(folder));
    for (const char *name : {"MLmodel", "signature.json", "preprocessing.json", "metrics.json", "data.json", "recipe.json"})
        if (!verified.files.contains(Q(name)))
            return invalid(QStringLiteral("“%1” is missing: this is no model package of ours.").arg(Q(name)), folder);
    Package package;
    package.folder = folder;
    package.digest = verified.digest;
    package.files = verified.files;
    const QString signatureFile = folder + QStringLiteral("/signature.json");
    PH_ASSIGN(const QJsonObject signature, readObject(signatureFile));
    PH_ASSIGN(package.signature, Signature::fromJson(signature, signatureFile));
    PH_ASSIGN(package.metrics, readObject(folder + QStringLiteral("/metrics.json")));
    PH_ASSIGN(package.data, readObject(folder + QStringLiteral("/data.json")));
    PH_ASSIGN(package.recipe, readObject(folder + QStringLiteral("/recipe.json")));
    PH_ASSIGN(const MlModel ml, readMlModel(folder + QStringLiteral("/MLmodel")));
    package.runId = ml.runId;
    package.estimator = ml.estimator;
    package.modelType = ml.modelType;
    package.weightFiles = ml.weightFiles;
    for (const QString &name : ml.weightFiles)
        if (!package.files.contains(name))
            return invalid(QStringLiteral("MLmodel names the weights “%1”, which the package does not hold.").arg(name), folder);
    package.created = ml.created;
    return package;
}

QString Package::weightsSha256() const {
    QByteArray hashes;
    for (const QString &name : weightFiles)
        hashes += files.value(name).toLatin1();
    return weightFiles.size() == 1 ? QString::fromLatin1(hashes) : sha256Hex(hashes);
}

Result<void> copyPackage(const QString &from, const QString &to) {
    if (QFileInfo::exists(to))
        return Error{ErrorKind::Conflict, QStringLiteral("A folder of this name is there already; a package is never overwritten."), to, {}, {}};
    PH_ASSIGN(const Verified verified, verify(from));
    PH_TRY(makeFolder(QFileInfo(to).absolutePath()));
    const QString temporary = to + QStringLiteral(".tmp-") + randomHex(4);
    const auto copy = [&]() -> Result<void> {
        QStringList names = verified.files.keys();
        names << sumsName;
        for (const QString &name : std::as_const(names)) {
            const QString target = temporary + QLatin1Char('/') + name;
            PH_TRY(makeFolder(QFileInfo(target).absolutePath()));
            PH_ASSIGN(const QString hash, copyFile(from + QLatin1Char('/') + name, target));
            // Hashed again: what was verified a moment ago is not what is read now if somebody writes meanwhile.
            if (hash != (name == sumsName ? verified.digest : verified.files.value(name)))
                return invalid(QStringLiteral("“%1” changed while the package was copied.").arg(name), from, QStringLiteral("Try again."));
        }
        PH_TRY(syncFolder(temporary));
        if (::rename(QFile::encodeName(temporary).constData(), QFile::encodeName(to).constData()) != 0)
            return fileError(QStringLiteral("rename"), to);
        return syncFolder(QFileInfo(to).absolutePath());
    };
    const Result<void> copied = copy();
    if (!copied)
        QDir(temporary).removeRecursively();
    return copied;
}

} // namespace pilothouse::artifact

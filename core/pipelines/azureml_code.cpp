// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/azureml_code.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/pipelines/ignore_patterns.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QLocale>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

constexpr qint64 mostBytes = 300LL << 20;
constexpr std::size_t mostFiles = 10000;

Error tooMuch(const QString &folder, const QString &what) {
    return refused(QStringLiteral("The code in %1 is too much to be sent: %2.").arg(folder, what), folder, QStringLiteral("Name data and outputs in a file .amlignore there (as in .gitignore), or point code: at a folder of its own."));
}

/// A file into both digests; the bytes that were read.
Result<qint64> digest(const QString &path, Hasher &whole, Hasher &own) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorKind::NotFound, QStringLiteral("A file of the code cannot be read: %1.").arg(file.errorString()), path, {}, {}};
    qint64 bytes = 0;
    for (QByteArray block; !(block = file.read(1 << 20)).isEmpty(); bytes += block.size()) {
        whole.add(block);
        own.add(block);
    }
    return bytes;
}

} // namespace

QString AzureCode::assetName() const { return QStringLiteral("pilothouse-code-") + sha256.left(32); }

Result<AzureCode> readAzureCode(const QString &folder) {
    const QDir dir(folder);
    const QString root = QFileInfo(folder).canonicalFilePath();
    if (root.isEmpty() || !QFileInfo(root).isDir())
        return notFound(QStringLiteral("There is no folder %1: the job's code should lie there.").arg(folder), folder, QStringLiteral("code: is relative to the job's file."));
    AzureCode code;
    code.folder = root;
    IgnorePatterns patterns;
    for (const char *name : {".amlignore", ".gitignore"})
        if (const QString file = QDir(root).filePath(QLatin1String(name)); QFile::exists(file)) {
            PH_ASSIGN(const QByteArray text, readFile(file));
            patterns = IgnorePatterns(text);
            code.ignoredBy = QLatin1String(name);
            break;
        }
    QDirIterator it(root, QDir::Files | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories | QDirIterator::FollowSymlinks);
    while (it.hasNext()) {
        it.next();
        const QString path = QDir(root).relativeFilePath(it.filePath());
        if (path == QLatin1String(".git") || path.startsWith(QLatin1String(".git/")) || patterns.ignores(path))
            continue;
        const QString real = it.fileInfo().canonicalFilePath();
        if (!real.startsWith(root + QLatin1Char('/')))
            return refused(QStringLiteral("%1 is a link that leads out of the code.").arg(path), it.filePath(), QStringLiteral("Copy what it means, or leave it out by .amlignore."));
        if (!it.fileInfo().isFile())
            continue;
        code.bytes += it.fileInfo().size();
        code.files.push_back({path, it.fileInfo().size(), {}});
        if (code.bytes > mostBytes)
            return tooMuch(root, QStringLiteral("more than %1").arg(QLocale::c().formattedDataSize(mostBytes, 0, QLocale::DataSizeTraditionalFormat)));
        if (code.files.size() > mostFiles)
            return tooMuch(root, QStringLiteral("more than %1 files").arg(mostFiles));
    }
    if (code.files.empty())
        return refused(QStringLiteral("There is no file to be sent in %1.").arg(folder), folder, QStringLiteral("See code: of the job, and .amlignore or .gitignore there."));
    std::sort(code.files.begin(), code.files.end(), [](const AzureCode::File &a, const AzureCode::File &b) {
        const QString left = a.path.toLower(), right = b.path.toLower();
        return left == right ? a.path < b.path : left < right;
    });
    Hasher whole(Hasher::Kind::Sha256);
    whole.add(QByteArray::number(qint64(code.files.size())));
    for (const AzureCode::File &file : code.files)
        whole.add("#" + file.path.toUtf8() + "#" + QByteArray::number(file.bytes));
    for (AzureCode::File &file : code.files) {
        Hasher own(Hasher::Kind::Md5);
        PH_ASSIGN(const qint64 bytes, digest(QDir(root).filePath(file.path), whole, own));
        if (bytes != file.bytes)
            return Error{ErrorKind::Conflict, QStringLiteral("%1 changed while it was read.").arg(file.path), root, QStringLiteral("Try again."), {}};
        file.md5 = own.raw();
    }
    code.sha256 = whole.hex();
    return code;
}

} // namespace pilothouse::pipelines

// SPDX-License-Identifier: GPL-3.0-or-later
// .dvc files, dvc.lock, directory objects, and how DVC computes its digests.
#include "core/sources/dvc.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/workspace/yaml_tree.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::sources {

namespace {

using workspace::YamlNode;
using workspace::YamlPlaces;
using Q = QLatin1String;

QString textOf(const YamlNode &map, const char *key) {
    const YamlNode *node = map.find(Q(key));
    return node && node->kind == YamlNode::Kind::Scalar ? node->text : QString();
}

/// A path as seen from the root; empty for the root itself and for what leads out of it.
QString below(const QString &folder, const QString &path) {
    if (path.isEmpty() || !QDir::isRelativePath(path))
        return {};
    const QString clean = QDir::cleanPath(folder.isEmpty() ? path : folder + QLatin1Char('/') + path);
    return clean == Q(".") || clean == Q("..") || clean.startsWith(Q("../")) ? QString() : clean;
}

Result<DvcHash> hashOf(const QString &text, const QString &kind, const QString &where) {
    static const QRegularExpression form(QStringLiteral("^([0-9a-f]{32})(\\.dir)?$"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return invalid(QStringLiteral("“%1” is not an MD5 of DVC.").arg(text), where, QStringLiteral("Is the file damaged, or a merge conflict in it?"));
    if (!kind.isEmpty() && kind != Q("md5"))
        return invalid(QStringLiteral("The hash “%1” of DVC is not known here.").arg(kind), where, QStringLiteral("md5 is."));
    return DvcHash{match.captured(1), kind.isEmpty(), !match.captured(2).isEmpty()};
}

/// Outputs of one "outs:" list. Those that DVC does not store (cache: false, cloud versions, URLs) are left out.
/// @param place  of the list in the file, the part of DvcOutput::entry before the number
Result<void> readOuts(const YamlNode *list, const QStringList &place, const QString &folder, const QString &file, const YamlPlaces &places, std::vector<DvcOutput> &all) {
    const auto number = [](const YamlNode &map, const char *key) {
        bool known = false;
        const qint64 value = textOf(map, key).toLongLong(&known);
        return known ? value : -1;
    };
    for (std::size_t i = 0; list && list->kind == YamlNode::Kind::List && i < list->items.size(); ++i) {
        const auto &item = list->items[i];
        if (item->kind != YamlNode::Kind::Map || textOf(*item, "md5").isEmpty() || textOf(*item, "cache") == Q("false"))
            continue;
        PH_ASSIGN(DvcHash hash, hashOf(textOf(*item, "md5"), textOf(*item, "hash"), places.at(item->position)));
        DvcOutput out;
        out.path = below(folder, textOf(*item, "path"));
        if (out.path.isEmpty())
            continue;
        out.file = file;
        out.entry = place + QStringList{QString::number(i)};
        out.hash = std::move(hash);
        out.bytes = number(*item, "size");
        out.files = number(*item, "nfiles");
        out.executable = textOf(*item, "isexec").toLower() == Q("true");
        out.remote = textOf(*item, "remote");
        all.push_back(std::move(out));
    }
    return {};
}

QString folderOf(const QString &file) {
    const qsizetype slash = file.lastIndexOf(QLatin1Char('/'));
    return slash < 0 ? QString() : file.left(slash);
}

} // namespace

QString DvcHash::objectPath() const { return (legacy ? QString() : QStringLiteral("files/md5/")) + md5.left(2) + QLatin1Char('/') + md5.mid(2) + (directory ? QStringLiteral(".dir") : QString()); }

Result<std::vector<DvcOutput>> parseDvcFile(const QByteArray &yaml, const QString &file, const QString &place) {
    const YamlPlaces places(yaml, place);
    PH_ASSIGN(const workspace::YamlPointer root, workspace::parseYaml(places));
    if (root->kind != YamlNode::Kind::Map || !root->find(QStringLiteral("outs")))
        return invalid(QStringLiteral("This is not a .dvc file: it has no “outs”."), place, QStringLiteral("`dvc add FILE` makes one."));
    QString folder = folderOf(file);
    if (const QString wdir = textOf(*root, "wdir"); !wdir.isEmpty())
        folder = below(folder, wdir);
    std::vector<DvcOutput> all;
    PH_TRY(readOuts(root->find(QStringLiteral("outs")), {QStringLiteral("outs")}, folder, file, places, all));
    const YamlNode *deps = root->find(QStringLiteral("deps"));
    for (const auto &dep : deps && deps->kind == YamlNode::Kind::List ? deps->items : std::vector<workspace::YamlPointer>())
        if (const YamlNode *repo = dep->kind == YamlNode::Kind::Map ? dep->find(QStringLiteral("repo")) : nullptr; repo && repo->kind == YamlNode::Kind::Map)
            for (DvcOutput &out : all)
                out.importedFrom = textOf(*repo, "url");
    return all;
}

Result<std::vector<DvcOutput>> parseDvcLock(const QByteArray &yaml, const QString &file, const QString &place, const QMap<QString, QString> &stageFolders) {
    const YamlPlaces places(yaml, place);
    PH_ASSIGN(const workspace::YamlPointer root, workspace::parseYaml(places));
    std::vector<DvcOutput> all;
    if (root->kind == YamlNode::Kind::Null)
        return all;
    const bool nested = root->find(QStringLiteral("schema")); // schema 1 has the stages at the top
    const YamlNode *stages = nested ? root->find(QStringLiteral("stages")) : root.get();
    if (stages && stages->kind == YamlNode::Kind::Map)
        for (const auto &[name, stage] : stages->entries)
            if (stage->kind == YamlNode::Kind::Map)
                PH_TRY(readOuts(stage->find(QStringLiteral("outs")), (nested ? QStringList{QStringLiteral("stages")} : QStringList()) + QStringList{name->text, QStringLiteral("outs")}, below(folderOf(file), stageFolders.value(name->text, QStringLiteral("."))), file, places, all));
    return all;
}

Result<std::vector<DvcFile>> parseDvcDirectory(const QByteArray &json, const QString &place, bool legacy) {
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isArray())
        return invalid(QStringLiteral("The directory object of DVC is not a list."), place, QStringLiteral("Push the directory again with `dvc push`."));
    std::vector<DvcFile> files;
    for (const QJsonValue &entry : document.array()) {
        const QString path = entry[Q("relpath")].toString();
        if (path.isEmpty() || below({}, path) != path || path.contains(QChar(u'\0')))
            return invalid(QStringLiteral("The directory object of DVC names “%1”, which is no path inside the directory.").arg(path), place);
        PH_ASSIGN(DvcHash hash, hashOf(entry[Q("md5")].toString(), legacy ? QString() : QStringLiteral("md5"), place));
        files.push_back({path, std::move(hash)});
    }
    return files;
}

bool dvcLooksLikeText(const QByteArray &begin) {
    const QByteArray block = begin.left(512);
    if (block.isEmpty())
        return true;
    if (block.contains('\0'))
        return false;
    const auto other = std::count_if(block.begin(), block.end(), [](char c) { return !((c >= 32 && c < 127) || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\b'); });
    return double(other) / double(block.size()) <= 0.30;
}

/// As dvc-data's file_md5(name="md5-dos2unix"): blocks of 1 MiB, each converted by itself, so that a \r\n across two blocks stays.
Result<QString> dvcDigestOfFile(const QString &path, bool legacy) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fileError(QStringLiteral("open"), path);
    const bool convert = legacy && dvcLooksLikeText(file.peek(512));
    Hasher hasher(Hasher::Kind::Md5);
    for (;;) {
        QByteArray block = file.read(1 << 20);
        if (block.isEmpty())
            break;
        hasher.add(convert ? block.replace("\r\n", "\n") : block);
    }
    if (file.error() != QFileDevice::NoError)
        return fileError(QStringLiteral("read"), path);
    return hasher.hex();
}

} // namespace pilothouse::sources

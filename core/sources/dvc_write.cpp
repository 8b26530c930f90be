// SPDX-License-Identifier: GPL-3.0-or-later
// The files that `dvc add` writes, in DVC's own form.
#include "core/sources/dvc_write.h"

#include "core/workspace/edit.h"
#include "core/workspace/yaml_text.h"
#include "core/workspace/yaml_tree.h"

#include <QDir>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::sources {

namespace {

using workspace::YamlNode;

/// A file name as ruamel.yaml writes it: plain where it reads back as the same text, else in single quotes, with control characters in double ones.
QByteArray nameScalar(const QString &name) {
    static const QRegularExpression control(QStringLiteral(R"([\x00-\x1f\x7f-\x9f\x{2028}\x{2029}\x{feff}])"));
    static const QRegularExpression other(QStringLiteral(R"(^(?:[-?:](?:\s|$)|[,\[\]{}#&*!|>'"%@`]|---|\.\.\.)|:(?:\s|$)|\s#|^\s|\s$)"
                                                         R"(|^[-+]?\.?[0-9][0-9a-fA-FxXoO_.:+TtZz -]*$|^[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)$|^(?:null|Null|NULL|~|true|True|TRUE|false|False|FALSE|=|<<)$)"));
    if (control.match(name).hasMatch())
        return workspace::yamlScalar(name, true);
    if (!name.isEmpty() && !other.match(name).hasMatch())
        return name.toUtf8();
    return '\'' + QString(name).replace(QLatin1Char('\''), QStringLiteral("''")).toUtf8() + '\'';
}

/// A text as Python's json.dumps writes it.
QByteArray pythonJson(const QString &text) {
    QByteArray out = "\"";
    for (const QChar c : text) {
        const char16_t code = c.unicode();
        if (code == u'"' || code == u'\\')
            out += QByteArray("\\") + char(code);
        else if (code >= 0x20 && code < 0x7f)
            out += char(code);
        else if (const char *const short_ = code == u'\n' ? "\\n" : code == u'\r' ? "\\r" : code == u'\t' ? "\\t" : code == u'\f' ? "\\f" : code == u'\b' ? "\\b" : nullptr)
            out += short_;
        else
            out += "\\u" + QByteArray::number(code, 16).rightJustified(4, '0');
    }
    return out + '"';
}

/// Sets a key of an output, or takes it out.
Result<void> change(QByteArray &yaml, const QString &place, const QStringList &entry, const char *key, const std::optional<QVariant> &value) {
    const QStringList path = entry + QStringList{QLatin1String(key)};
    Result<QByteArray> changed = value ? workspace::editValue(yaml, place, path, *value) : workspace::removeEntry(yaml, place, path);
    if (!changed)
        return !value && changed.error().kind == ErrorKind::NotFound ? Result<void>() : Result<void>(changed.error());
    yaml = *std::move(changed);
    return {};
}

Result<QByteArray> withRecord(QByteArray text, const QString &place, const QStringList &entry, const DvcRecord &record) {
    PH_TRY(change(text, place, entry, "md5", record.hash.text()));
    PH_TRY(change(text, place, entry, "size", record.bytes >= 0 ? std::optional<QVariant>(record.bytes) : std::nullopt));
    PH_TRY(change(text, place, entry, "nfiles", record.files >= 0 ? std::optional<QVariant>(record.files) : std::nullopt));
    PH_TRY(change(text, place, entry, "isexec", record.executable ? std::optional<QVariant>(true) : std::nullopt));
    return text;
}

/// The node at a path of keys and numbers; nullptr: there is none.
const YamlNode *nodeAt(const YamlNode &root, const QStringList &path) {
    const YamlNode *node = &root;
    for (const QString &part : path) {
        if (node->kind == YamlNode::Kind::List) {
            bool number = false;
            const std::size_t i = part.toULongLong(&number);
            node = number && i < node->items.size() ? node->items[i].get() : nullptr;
        } else {
            node = node->find(part);
        }
        if (!node)
            return nullptr;
    }
    return node;
}

} // namespace

QByteArray dvcFileText(const DvcRecord &record) {
    QByteArray text = "outs:\n- md5: " + workspace::yamlScalar(record.hash.text(), true) + "\n  size: " + QByteArray::number(record.bytes) + '\n';
    if (record.files >= 0)
        text += "  nfiles: " + QByteArray::number(record.files) + '\n';
    if (record.executable)
        text += "  isexec: true\n";
    if (!record.hash.legacy)
        text += "  hash: md5\n";
    return text + "  path: " + nameScalar(record.name) + '\n';
}

Result<QByteArray> editDvcFile(const QByteArray &yaml, const QString &place, const DvcRecord &record) {
    PH_ASSIGN(const workspace::YamlPointer root, workspace::parseYaml(workspace::YamlPlaces(yaml, place)));
    const YamlNode *outs = root->find(QStringLiteral("outs"));
    for (const char *foreign : {"deps", "cmd", "md5", "frozen"})
        if (root->find(QLatin1String(foreign)))
            return invalid(QStringLiteral("This .dvc file was not made by `dvc add`: it has “%1”.").arg(QLatin1String(foreign)), place, QStringLiteral("Update it with DVC itself (`dvc update`, `dvc repro`)."));
    if (!outs || outs->kind != YamlNode::Kind::List || outs->items.size() != 1)
        return invalid(QStringLiteral("This .dvc file does not track exactly one output."), place, QStringLiteral("Update it with DVC itself."));
    return withRecord(yaml, place, {QStringLiteral("outs"), QStringLiteral("0")}, record);
}

Result<QByteArray> editDvcLock(const QByteArray &yaml, const QString &place, const DvcOutput &out, const DvcRecord &record) {
    PH_ASSIGN(const workspace::YamlPointer root, workspace::parseYaml(workspace::YamlPlaces(yaml, place)));
    const YamlNode *node = nodeAt(*root, out.entry);
    const YamlNode *md5 = node ? node->find(QStringLiteral("md5")) : nullptr, *path = node ? node->find(QStringLiteral("path")) : nullptr;
    if (!md5 || !path || md5->text != out.hash.text() || QDir::cleanPath(path->text).section(QLatin1Char('/'), -1) != out.path.section(QLatin1Char('/'), -1))
        return Error{ErrorKind::Conflict, QStringLiteral("The dvc.lock changed while it was read: %1 stands at another place of it now.").arg(out.path), place, QStringLiteral("Let the other program finish, then try again."), {}};
    for (const char *foreign : {"files", "cloud", "version_id", "etag", "checksum"})
        if (node->find(QLatin1String(foreign)))
            return invalid(QStringLiteral("This output is kept by the versions of its remote: it has “%1”.").arg(QLatin1String(foreign)), place, QStringLiteral("Update it with DVC itself (`dvc commit`)."));
    return withRecord(yaml, place, out.entry, record);
}

QByteArray dvcDirectoryObject(std::vector<DvcFile> files) {
    std::sort(files.begin(), files.end(), [](const DvcFile &a, const DvcFile &b) { return a.path.toUtf8() < b.path.toUtf8(); });
    QByteArray json = "[";
    for (const DvcFile &file : files)
        json += (json.size() > 1 ? ", {\"md5\": " : "{\"md5\": ") + pythonJson(file.hash.md5) + ", \"relpath\": " + pythonJson(file.path) + '}';
    return json + ']';
}

QByteArray gitIgnoreLine(const QString &name) {
    QString line = QStringLiteral("/");
    for (const QChar c : name)
        line += QStringLiteral("\\[]!*#?").contains(c) ? QLatin1Char('\\') + QString(c) : QString(c);
    if (line.endsWith(QLatin1Char(' '))) // git cuts an open one off
        line.insert(line.size() - 1, QLatin1Char('\\'));
    return line.toUtf8();
}

} // namespace pilothouse::sources

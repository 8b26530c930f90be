// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/section.h"

#include "core/workspace/workspace.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace pilothouse::workspace {

void Problems::add(qsizetype position, QString what, QString hint) { m_found.push_back({position, std::move(what), std::move(hint), false}); }
void Problems::addMissing(qsizetype position, QString what, QString hint) { m_found.push_back({position, std::move(what), std::move(hint), true}); }

Error Problems::error() const {
    auto found = m_found;
    std::stable_sort(found.begin(), found.end(), [](const Found &a, const Found &b) {
        return std::pair(a.missing, a.position) < std::pair(b.missing, b.position);
    });
    Error error = invalid(found.front().what, m_places.at(found.front().position), found.front().hint);
    QStringList others;
    for (std::size_t i = 1; i < found.size(); ++i)
        others << invalid(found[i].what, m_places.at(found[i].position), found[i].hint).text();
    error.raw = others.join(QLatin1Char('\n'));
    return error;
}

void addUnknown(Problems &problems, qsizetype position, const QString &noun, const QString &text, const QStringList &known) {
    const QString near = nearestName(text, known);
    problems.add(position,
                 near.isEmpty() ? QStringLiteral("Unknown %1 “%2”.").arg(noun, text)
                                : QStringLiteral("Unknown %1 “%2” — did you mean “%3”?").arg(noun, text, near),
                 known.isEmpty() ? QString() : QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", "))));
}

Section::Section(const YamlNode *node, Problems &problems, QString name, qsizetype position)
    : m_problems(problems), m_name(std::move(name)), m_position(position) {
    if (!node || node->kind == YamlNode::Kind::Null)
        return;
    m_position = node->position;
    if (node->kind == YamlNode::Kind::Map)
        m_node = node;
    else
        m_problems.add(node->position, QStringLiteral("“%1” must be a map of “key: value”.").arg(m_name));
}

const YamlNode *Section::node(const QString &key) {
    if (!m_asked.contains(key))
        m_asked << key;
    return m_node ? m_node->find(key) : nullptr;
}

bool Section::has(const QString &key) { return node(key) != nullptr; }

qsizetype Section::positionOf(const QString &key) const {
    if (m_node)
        for (const auto &[name, value] : m_node->entries)
            if (name->text == key)
                return value->kind == YamlNode::Kind::Null ? name->position : value->position;
    return m_position;
}

const YamlNode *Section::scalar(const QString &key, const QString &expected) {
    const YamlNode *found = node(key);
    if (!found || found->kind == YamlNode::Kind::Scalar)
        return found;
    m_problems.add(positionOf(key), found->kind == YamlNode::Kind::Null ? QStringLiteral("“%1” has no value.").arg(key)
                                                                        : QStringLiteral("“%1” must be %2.").arg(key, expected),
                   QStringLiteral("Expected %1.").arg(expected));
    return nullptr;
}

QString Section::text(const QString &key, const QString &otherwise) {
    const YamlNode *found = scalar(key, QStringLiteral("a text"));
    return found ? found->text : otherwise;
}

QString Section::needText(const QString &key) {
    if (!has(key)) {
        m_problems.addMissing(m_position, QStringLiteral("“%1” is missing in %2.").arg(key, m_name), QStringLiteral("Add “%1: …”.").arg(key));
        return {};
    }
    const QString value = text(key);
    if (value.trimmed().isEmpty() && m_node->find(key)->kind == YamlNode::Kind::Scalar)
        m_problems.add(positionOf(key), QStringLiteral("“%1” is empty.").arg(key));
    return value;
}

QString Section::word(const QString &key, const QStringList &allowed, const QString &otherwise) {
    const YamlNode *found = scalar(key, QStringLiteral("one of %1").arg(allowed.join(QStringLiteral(", "))));
    if (!found)
        return otherwise;
    if (allowed.contains(found->text))
        return found->text;
    addUnknown(m_problems, found->position, key, found->text, allowed);
    return otherwise;
}

QStringList Section::texts(const QString &key) {
    const YamlNode *found = node(key);
    if (!found)
        return {};
    if (found->kind == YamlNode::Kind::Scalar)
        return {found->text};
    QStringList all;
    if (found->kind == YamlNode::Kind::List)
        for (const auto &item : found->items) {
            if (item->kind == YamlNode::Kind::Scalar)
                all << item->text;
            else if (item->kind == YamlNode::Kind::Null && found->flow)
                all << QString();
            else
                m_problems.add(item->position, QStringLiteral("The entries of “%1” must be texts.").arg(key));
        }
    else
        m_problems.add(positionOf(key), QStringLiteral("“%1” must be a list of texts.").arg(key), QStringLiteral("Write it as [a, b]."));
    return all;
}

double Section::number(const QString &key, double otherwise, double least, double most) {
    const QString range = QStringLiteral("a number from %1 to %2").arg(least).arg(most);
    const YamlNode *found = scalar(key, range);
    if (!found)
        return otherwise;
    bool good = false;
    const double value = found->text.toDouble(&good);
    if (good && std::isfinite(value) && value >= least && value <= most)
        return value;
    m_problems.add(found->position, QStringLiteral("“%1” must be %2, not “%3”.").arg(key, range, found->text));
    return otherwise;
}

std::optional<double> Section::maybeNumber(const QString &key) {
    const YamlNode *found = scalar(key, QStringLiteral("a number"));
    if (!found)
        return {};
    bool good = false;
    const double value = found->text.toDouble(&good);
    if (good && std::isfinite(value))
        return value;
    m_problems.add(found->position, QStringLiteral("“%1” must be a number, not “%2”.").arg(key, found->text));
    return {};
}

qint64 Section::integer(const QString &key, qint64 otherwise, qint64 least, qint64 most) {
    const QString range = QStringLiteral("a whole number from %1 to %2").arg(least).arg(most);
    const YamlNode *found = scalar(key, range);
    if (!found)
        return otherwise;
    bool good = false;
    const qint64 value = found->text.toLongLong(&good);
    if (good && value >= least && value <= most)
        return value;
    m_problems.add(found->position, QStringLiteral("“%1” must be %2, not “%3”.").arg(key, range, found->text));
    return otherwise;
}

quint64 Section::seed(const QString &key, quint64 otherwise) {
    const YamlNode *found = scalar(key, QStringLiteral("a whole number of 0 or more"));
    if (!found)
        return otherwise;
    bool good = false;
    const quint64 value = found->text.toULongLong(&good);
    if (good && !found->text.startsWith(QLatin1Char('-')))
        return value;
    m_problems.add(found->position, QStringLiteral("“%1” must be a whole number of 0 or more, not “%2”.").arg(key, found->text));
    return otherwise;
}

bool Section::boolean(const QString &key, bool otherwise) {
    const YamlNode *found = scalar(key, QStringLiteral("true or false"));
    if (!found)
        return otherwise;
    const QString word = found->text.toLower();
    if (word == QLatin1String("true") || word == QLatin1String("yes"))
        return true;
    if (word == QLatin1String("false") || word == QLatin1String("no"))
        return false;
    m_problems.add(found->position, QStringLiteral("“%1” must be true or false, not “%2”.").arg(key, found->text));
    return otherwise;
}

QString Section::duration(const QString &key, const QString &otherwise) {
    const YamlNode *found = scalar(key, QStringLiteral("a time such as 36h"));
    if (!found)
        return otherwise;
    const auto seconds = parseDuration(found->text);
    if (seconds)
        return found->text;
    m_problems.add(found->position, QStringLiteral("“%1”: %2").arg(key, seconds.error().what), seconds.error().hint);
    return otherwise;
}

QMap<QString, QString> Section::textMap(const QString &key) {
    QMap<QString, QString> all;
    const YamlNode *found = node(key);
    if (!found)
        return all;
    if (found->kind != YamlNode::Kind::Map) {
        m_problems.add(positionOf(key), QStringLiteral("“%1” must be a map of “key: value”.").arg(key));
        return all;
    }
    for (const auto &[name, value] : found->entries) {
        if (value->kind == YamlNode::Kind::Scalar)
            all.insert(name->text, value->text);
        else
            m_problems.add(name->position, QStringLiteral("“%1” must be a text.").arg(name->text));
    }
    return all;
}

Section Section::section(const QString &key) {
    const YamlNode *found = node(key);
    return Section(found, m_problems, key, positionOf(key));
}

QMap<QString, QString> Section::rest() {
    QMap<QString, QString> all;
    if (!m_node)
        return all;
    for (const auto &[name, value] : m_node->entries)
        if (!m_asked.contains(name->text))
            all.insert(name->text, text(name->text));
    return all;
}

void Section::finish() {
    if (!m_node)
        return;
    QStringList known = m_asked;
    known.sort();
    for (const auto &[name, value] : m_node->entries)
        if (!m_asked.contains(name->text))
            addUnknown(m_problems, name->position, QStringLiteral("key"), name->text, known);
}

QString resolvedPath(const QString &written, const QString &file) {
    if (written.isEmpty() || written.contains(QLatin1String("://")))
        return written;
    QString path = written;
    static const QRegularExpression home(QStringLiteral(R"(\$(?:HOME\b|\{HOME\}))"));
    path.replace(home, QDir::homePath());
    if (path == QLatin1String("~") || path.startsWith(QLatin1String("~/")))
        path = QDir::homePath() + path.mid(1);
    if (QDir::isRelativePath(path))
        path = QFileInfo(file).absolutePath() + QLatin1Char('/') + path;
    return QDir::cleanPath(path);
}

bool isPlainName(const QString &name) {
    if (name.isEmpty() || name.size() > 100 || name == QLatin1String(".") || name == QLatin1String(".."))
        return false;
    return std::none_of(name.begin(), name.end(), [](QChar c) { return c == QLatin1Char('/') || c == QLatin1Char('\\') || !c.isPrint(); });
}

} // namespace pilothouse::workspace

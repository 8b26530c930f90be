// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/base/json.h"

#include <QFileInfo>
#include <QMap>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

namespace pilothouse::support {

/// What we come to where a reference file has a figure, and whether that is near enough.
struct Answer {
    bool right = false;
    QString found;
};

inline Answer between(double ours, double least, double most) { return {ours >= least && ours <= most, QString::number(ours, 'g', 13)}; }
/// Within the larger of both tolerances. null means undefined: ours must be NaN then.
inline Answer near(double ours, const QJsonValue &figure, double absolute, double relative = 0) {
    if (!figure.isDouble())
        return {figure.isNull() && std::isnan(ours), QString::number(ours, 'g', 13)};
    const double off = std::max(absolute, relative * std::abs(figure.toDouble()));
    return between(ours, figure.toDouble() - off, figure.toDouble() + off);
}
/// A band is {"min","max","mean","sd","runs"}: what a library came to with several seeds.
inline Answer nearBand(double ours, const QJsonValue &band, double margin) {
    return between(ours, band[QLatin1String("min")].toDouble() - margin, band[QLatin1String("max")].toDouble() + margin);
}
inline Answer same(const QString &ours, const QJsonValue &figure) { return {figure.isString() && ours == figure.toString(), ours}; }

/// A file of ../shared/reference whose every figure is asked: each number, null, text and band. What nobody has an answer to is as wrong as
/// a wrong answer, so that a figure that is added to the file is asked, or missed aloud.
class ReferenceFile {
public:
    /// Answers a figure by where it stands; nullopt: it is not known.
    using Ask = std::function<std::optional<Answer>(const QStringList &path, const QJsonValue &figure)>;

    /// @param given  keys under which no figures stand, but words and how they were made
    ReferenceFile(QString name, QStringList given) : m_name(std::move(name)), m_given(std::move(given)) {}

    /// Its whole text, from the folder that $PILOTHOUSE_SHARED names. NotFound: there are no reference files, so a test has to be skipped. A
    /// file that is gone from among the others is another error: a test must not pass over it.
    Result<void> read() {
        const QString folder = qEnvironmentVariable("PILOTHOUSE_SHARED") + QStringLiteral("/reference"), path = folder + QLatin1Char('/') + m_name;
        if (!QFileInfo::exists(folder))
            return notFound(QStringLiteral("There are no reference figures to compare with."), folder);
        if (!QFileInfo::exists(path))
            return invalid(QStringLiteral("There are reference figures, but not this file of them."), path);
        PH_ASSIGN(const QByteArray bytes, readFile(path));
        PH_ASSIGN(m_root, parseJsonObject(bytes, path));
        return m_root.isEmpty() ? Result<void>(invalid(QStringLiteral("The file of reference figures holds nothing."), path)) : Result<void>();
    }

    /// Where figures stand, keys joined by '/', with objects opened so deep: a data row each.
    QStringList parts(int depth) {
        m_parts.clear();
        open(m_root, {}, depth);
        return m_parts;
    }
    QJsonValue at(const QString &part) const {
        QJsonValue value = m_root;
        for (const QString &key : part.split(QLatin1Char('/')))
            value = value.isArray() ? value.toArray().at(key.toInt()) : value.toObject().value(key);
        return value;
    }

    /// Asks every figure of a part. Gives what is wrong, a line each; empty: nothing. That there is no figure is wrong, too.
    QString ask(const QString &part, const Ask &ask) {
        QStringList wrong;
        int figures = 0;
        visit(at(part), part.split(QLatin1Char('/')), [&](const QStringList &path, const QJsonValue &figure) {
            ++figures;
            const std::optional<Answer> answer = ask(path, figure);
            const QString place = path.join(QLatin1Char('/'));
            if (!answer)
                wrong << QStringLiteral("no test knows the figure %1").arg(place);
            else if (!answer->right)
                wrong << QStringLiteral("%1: %2, not %3").arg(place, answer->found, shown(figure));
        });
        m_asked.insert(part, figures);
        if (figures == 0)
            wrong << QStringLiteral("no figure stands under %1").arg(part);
        return wrong.join(QLatin1Char('\n'));
    }
    /// A list of ours, of which `path` names one place in the file: it must be as long as that list.
    Answer nearListed(const std::vector<double> &ours, const QStringList &path, const QJsonValue &figure, double absolute, double relative = 0) const {
        const qsizetype length = at(path.mid(0, path.size() - 1).join(QLatin1Char('/'))).toArray().size(), place = path.last().toInt();
        if (length != qsizetype(ours.size()))
            return {false, QStringLiteral("a list of %1").arg(ours.size())};
        return near(ours[std::size_t(place)], figure, absolute, relative);
    }

    QString tally() const { return QStringLiteral("%1: %2 figures asked of %3").arg(m_name).arg(asked()).arg(figures()); }
    /// True if all of parts() were asked, and with them every figure of the file, of which there are some; also if not all were asked: somebody
    /// runs one row alone; and if there was no file to read.
    bool complete() const { return m_root.isEmpty() || (figures() > 0 && (m_asked.size() < m_parts.size() || asked() == figures())); }

private:
    using Visitor = std::function<void(const QStringList &path, const QJsonValue &figure)>;

    static bool isBand(const QJsonValue &value) {
        return value.toObject().keys() == QStringList{QStringLiteral("max"), QStringLiteral("mean"), QStringLiteral("min"), QStringLiteral("runs"), QStringLiteral("sd")};
    }
    static QString shown(const QJsonValue &figure) {
        if (figure.isDouble())
            return QString::number(figure.toDouble(), 'g', 13);
        return QString::fromUtf8(compactJson(figure));
    }
    void open(const QJsonObject &object, const QStringList &path, int depth) {
        for (auto it = object.begin(); it != object.end(); ++it) {
            if (m_given.contains(it.key()))
                continue;
            if (depth > 1 && it->isObject() && !isBand(*it))
                open(it->toObject(), path + QStringList{it.key()}, depth - 1);
            else
                m_parts << (path + QStringList{it.key()}).join(QLatin1Char('/'));
        }
    }
    void visit(const QJsonValue &value, const QStringList &path, const Visitor &visitor) const {
        if (value.isArray()) {
            const QJsonArray list = value.toArray();
            for (qsizetype i = 0; i < list.size(); ++i)
                visit(list.at(i), path + QStringList{QString::number(i)}, visitor);
        } else if (value.isObject() && !isBand(value)) {
            const QJsonObject object = value.toObject();
            for (auto it = object.begin(); it != object.end(); ++it)
                if (!m_given.contains(it.key()))
                    visit(*it, path + QStringList{it.key()}, visitor);
        } else {
            visitor(path, value);
        }
    }
    int figures() const {
        int count = 0;
        visit(m_root, {}, [&count](const QStringList &, const QJsonValue &) { ++count; });
        return count;
    }
    int asked() const {
        int count = 0;
        for (const int figures : m_asked)
            count += figures;
        return count;
    }

    QString m_name;
    QStringList m_given, m_parts;
    QJsonObject m_root;
    QMap<QString, int> m_asked; ///< by part
};

} // namespace pilothouse::support

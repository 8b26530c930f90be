// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/package_versions.h"

#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::learn {

namespace {

constexpr qint64 preStep = qint64(1) << 40; ///< between a, b and rc; their numbers lie below it

int sign(qint64 a, qint64 b) { return a < b ? -1 : a > b ? 1 : 0; }

/// One of the specifiers that a comma parts.
std::optional<bool> fitsOne(const PackageVersion &version, const QString &text, const QString &specifier) {
    static const QRegularExpression form(QStringLiteral("^(===|==|!=|<=|>=|~=|<|>)\\s*(\\S+?)(\\.\\*)?$"));
    const QRegularExpressionMatch match = form.match(specifier);
    if (!match.hasMatch())
        return std::nullopt;
    const QString comparison = match.captured(1);
    if (comparison == QLatin1String("==="))
        return text.compare(match.captured(2) + match.captured(3), Qt::CaseInsensitive) == 0;
    const auto wanted = PackageVersion::parse(match.captured(2));
    const bool prefix = !match.captured(3).isEmpty();
    if (!wanted || (prefix && comparison != QLatin1String("==") && comparison != QLatin1String("!=")))
        return std::nullopt;
    const int order = version.compare(*wanted);
    const bool same = prefix ? version.beginsWith(*wanted, wanted->releaseLength()) : order == 0 && (wanted->local().isEmpty() || wanted->local() == version.local());
    if (comparison == QLatin1String("=="))
        return same;
    if (comparison == QLatin1String("!="))
        return !same;
    if (comparison == QLatin1String("<="))
        return order <= 0;
    if (comparison == QLatin1String(">="))
        return order >= 0;
    if (comparison == QLatin1String("<")) // 2.0rc1 is no version below 2.0
        return order < 0 && (wanted->isPrerelease() || !version.isPrerelease() || !version.sameRelease(*wanted));
    if (comparison == QLatin1String(">")) // nor is 2.0.post1 one above it
        return order > 0 && (wanted->isPostrelease() || !version.isPostrelease() || !version.sameRelease(*wanted));
    if (wanted->releaseLength() < 2)
        return std::nullopt;
    return order >= 0 && version.beginsWith(*wanted, wanted->releaseLength() - 1);
}

} // namespace

std::optional<PackageVersion> PackageVersion::parse(const QString &text) {
    static const QRegularExpression form(QStringLiteral("^v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)"
                                                        "(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\\d*))?"
                                                        "(?:-(\\d+)|[-_.]?(post|rev|r)[-_.]?(\\d*))?"
                                                        "(?:[-_.]?(dev)[-_.]?(\\d*))?"
                                                        "(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$"),
                                         QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = form.match(text.trimmed());
    if (!match.hasMatch())
        return std::nullopt;
    const auto number = [&](int group) { return std::min(match.captured(group).toLongLong(), preStep - 1); };
    PackageVersion version;
    version.m_epoch = number(1);
    for (const QString &part : match.captured(2).split(QLatin1Char('.')))
        version.m_release.push_back(part.toLongLong());
    if (const QString pre = match.captured(3).toLower(); !pre.isEmpty())
        version.m_pre = (pre.startsWith(QLatin1Char('a')) ? 1 : pre.startsWith(QLatin1Char('b')) ? 2 : 3) * preStep + number(4);
    if (!match.captured(5).isEmpty() || !match.captured(6).isEmpty())
        version.m_post = number(match.captured(5).isEmpty() ? 7 : 5);
    if (!match.captured(8).isEmpty())
        version.m_dev = number(9);
    if (version.m_pre == noPre && version.m_post < 0 && version.m_dev != noDev)
        version.m_pre = 0;
    version.m_local = match.captured(10).toLower().replace(QLatin1Char('-'), QLatin1Char('.')).replace(QLatin1Char('_'), QLatin1Char('.'));
    return version;
}

int PackageVersion::compare(const PackageVersion &other) const {
    if (const int order = sign(m_epoch, other.m_epoch))
        return order;
    for (std::size_t i = 0; i < std::max(m_release.size(), other.m_release.size()); ++i)
        if (const int order = sign(part(i), other.part(i)))
            return order;
    if (const int order = sign(m_pre, other.m_pre))
        return order;
    if (const int order = sign(m_post, other.m_post))
        return order;
    return sign(m_dev, other.m_dev);
}

bool PackageVersion::sameRelease(const PackageVersion &other) const { return beginsWith(other, std::max(m_release.size(), other.m_release.size())); }

bool PackageVersion::beginsWith(const PackageVersion &other, std::size_t count) const {
    if (m_epoch != other.m_epoch)
        return false;
    for (std::size_t i = 0; i < count; ++i)
        if (part(i) != other.part(i))
            return false;
    return true;
}

std::optional<bool> versionFits(const QString &version, const QString &specifiers) {
    const auto parsed = PackageVersion::parse(version);
    bool fits = true;
    for (const QString &specifier : specifiers.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const auto one = parsed ? fitsOne(*parsed, version, specifier.trimmed()) : std::nullopt;
        if (!one)
            return std::nullopt;
        fits = fits && *one;
    }
    return fits;
}

QString packageName(const QString &text) {
    static const QRegularExpression between(QStringLiteral("[-_.]+"));
    return text.trimmed().toLower().replace(between, QStringLiteral("-"));
}

} // namespace pilothouse::learn

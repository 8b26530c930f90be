// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <utility>
#include <vector>

namespace pilothouse::learn {

/// A version of a Python package as PEP 440 reads it: "1!2.0.0rc1.post2.dev3+local".
class PackageVersion {
public:
    static std::optional<PackageVersion> parse(const QString &text);

    /// < 0, 0, > 0, without the local part: the order of PEP 440.
    int compare(const PackageVersion &other) const;
    bool isPrerelease() const { return m_pre < noPre || m_dev < noDev; }
    bool isPostrelease() const { return m_post >= 0; }
    bool sameRelease(const PackageVersion &other) const; ///< 1.2 and 1.2.0rc1
    /// The first `count` numbers of the release are those of the other: 1.2.7 begins with 1.2.
    bool beginsWith(const PackageVersion &other, std::size_t count) const;
    std::size_t releaseLength() const { return m_release.size(); }
    const QString &local() const { return m_local; }

private:
    static constexpr qint64 noPre = qint64(1) << 60, noDev = noPre;
    qint64 part(std::size_t at) const { return at < m_release.size() ? m_release[at] : 0; }
    qint64 m_epoch = 0;
    std::vector<qint64> m_release;
    qint64 m_pre = noPre;  ///< a, b and rc in their order, their numbers below; before all of them: a development version of the release itself
    qint64 m_post = -1;
    qint64 m_dev = noDev;
    QString m_local;
};

/// "==1.2.1", ">=1.0,<2", "~=1.4.2", "!=1.5.*", "===1.0+x", or nothing, which every version fits. nullopt: it cannot be read.
std::optional<bool> versionFits(const QString &version, const QString &specifiers);

/// The name by which a package is known whatever way it is written: "Scikit_Learn" → "scikit-learn".
QString packageName(const QString &text);

} // namespace pilothouse::learn

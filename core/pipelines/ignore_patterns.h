// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QRegularExpression>

#include <vector>

namespace pilothouse::pipelines {

/// The lines of a .gitignore or .amlignore, as gitignore(5) has them: the last one that fits decides, "!" takes back, below an ignored folder nothing is taken back.
class IgnorePatterns {
public:
    explicit IgnorePatterns(const QByteArray &text = {});
    /// @param path relative to the file's folder, with "/"
    bool ignores(const QString &path) const;

private:
    struct Pattern {
        QRegularExpression form;
        bool back = false, folder = false; ///< takes back; fits folders only
    };
    bool fits(const QString &path, bool folder) const;
    std::vector<Pattern> m_patterns;
};

} // namespace pilothouse::pipelines

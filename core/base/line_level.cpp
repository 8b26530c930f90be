// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/line_level.h"

#include <QtGlobal>

#include <array>

namespace pilothouse {

namespace {

struct Word {
    QByteArrayView text;
    LineLevel level;
};
constexpr std::array words{Word{"error", LineLevel::Bad},     Word{"exception", LineLevel::Bad}, Word{"fatal", LineLevel::Bad}, Word{"failed", LineLevel::Bad},
                           Word{"traceback", LineLevel::Bad}, Word{"critical", LineLevel::Bad},  Word{"warn", LineLevel::Warn}, Word{"warning", LineLevel::Warn}};

/// 1: part of a word, 3: one of the first letters above.
constexpr std::array<quint8, 256> kinds = [] {
    std::array<quint8, 256> table{};
    for (int c = 0; c < 128; ++c)
        table[std::size_t(c)] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    for (const char c : {'e', 'E', 'f', 'F', 't', 'T', 'c', 'C', 'w', 'W'})
        table[std::size_t(c)] = 3;
    return table;
}();
bool isWord(char c) { return kinds[static_cast<unsigned char>(c)] != 0; }

/// "=0", ": 0" after it, "0 " or "no " before it.
bool countsNone(QByteArrayView text, qsizetype begin, qsizetype end) {
    qsizetype at = end;
    while (at < text.size() && text[at] == ' ')
        ++at;
    if (at < text.size() && (text[at] == '=' || text[at] == ':')) {
        ++at;
        while (at < text.size() && text[at] == ' ')
            ++at;
        if (at < text.size() && text[at] == '0' && (at + 1 == text.size() || (!isWord(text[at + 1]) && text[at + 1] != '.')))
            return true;
    }
    at = begin;
    while (at > 0 && text[at - 1] == ' ')
        --at;
    if (at == begin)
        return false;
    if (at > 0 && text[at - 1] == '0')
        return at == 1 || text[at - 2] == ' ' || text[at - 2] == '(' || text[at - 2] == ','; // not "unreachable=0 failed"
    return at >= 2 && (text[at - 1] == 'o' || text[at - 1] == 'O') && (text[at - 2] == 'n' || text[at - 2] == 'N') && (at == 2 || !isWord(text[at - 3]));
}

} // namespace

qsizetype nextLevelWord(QByteArrayView text, qsizetype at, bool warnings, LineLevel *level) {
    const char *const s = text.data();
    bool inWord = at > 0 && at <= text.size() && isWord(s[at - 1]);
    for (; at < text.size(); ++at) {
        const quint8 kind = kinds[static_cast<unsigned char>(s[at])];
        if (kind == 3 && !inWord) {
            for (const Word &word : words) {
                const qsizetype end = at + word.text.size();
                if ((!warnings && word.level == LineLevel::Warn) || end > text.size() || (s[at] | 0x20) != word.text[0] || qstrnicmp(s + at, word.text.data(), std::size_t(word.text.size())) != 0 ||
                    (end < text.size() && isWord(s[end])) || countsNone(text, at, end))
                    continue;
                if (level)
                    *level = word.level;
                return at;
            }
        }
        inWord = kind != 0;
    }
    return -1;
}

LineLevel lineLevel(QByteArrayView line) {
    LineLevel found = LineLevel::None;
    const qsizetype at = nextLevelWord(line, 0, true, &found);
    return found == LineLevel::Warn && nextLevelWord(line, at, false) >= 0 ? LineLevel::Bad : found;
}

} // namespace pilothouse

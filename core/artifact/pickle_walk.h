// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::artifact {

/// Walks the opcodes of one pickle. A stack of shadows is kept (texts, whole numbers, tuples, names), because newer protocols take the names
/// they import from the stack; nothing is imported, called or built.
class PickleWalk {
public:
    explicit PickleWalk(const QByteArray &bytes) : m_bytes(bytes) {}
    /// To STOP, or to what cannot be walked.
    void run();
    int protocol = -1;
    qint64 opcodes = 0, arrays = 0;
    std::string stopped; ///< why; empty: STOP was reached and nothing follows
    std::set<std::string> names;
    std::string sklearnVersion;

private:
    struct Shadow {
        enum class Kind { Other, Mark, Text, Number, Tuple, Dict, Name, Object } kind = Kind::Other;
        std::string text;       ///< Text; Name: "module.name"
        std::int64_t number = 0;
        std::vector<int> items; ///< Tuple; Dict: key, value, …; Object: what made it, its arguments, its state
    };
    using Kind = Shadow::Kind;

    std::string_view take(std::uint64_t count);
    std::string_view line();
    std::uint64_t number(int bytes);
    int add(Shadow shadow);
    void push(Shadow shadow) { m_stack.push_back(add(std::move(shadow))); }
    void pushText(std::string_view text);
    int pop();
    std::vector<int> popToMark();
    void remember(std::uint64_t at);
    void recall(std::uint64_t at);
    void name(std::string_view module, std::string_view name);
    void setItems(const std::vector<int> &pairs);
    void made(int maker, int arguments);
    void build();
    void skipArray(int wrapper);
    std::int64_t itemSize(int dtype, bool &objects) const;
    int entry(int dict, const char *key) const; ///< −1: not there
    bool step(unsigned char opcode);
    bool stepOld(unsigned char opcode);
    bool stepNumbers(unsigned char opcode);
    bool stepNew(unsigned char opcode);

    const QByteArray &m_bytes;
    qsizetype m_at = 0;
    int m_depth = 0; ///< of pickles inside joblib's stream
    std::vector<Shadow> m_shadows;
    std::vector<int> m_stack;
    std::vector<int> m_memo;
};

} // namespace pilothouse::artifact

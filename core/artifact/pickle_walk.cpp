// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/pickle_walk.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace pilothouse::artifact {

namespace {

constexpr qint64 mostOpcodes = 2'000'000;
constexpr std::size_t mostNames = 2000, longestText = 300;
constexpr std::uint64_t mostMemo = 8'000'000;

std::int64_t wholeOf(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace

std::string_view PickleWalk::take(std::uint64_t count) {
    if (count > std::uint64_t(m_bytes.size() - m_at))
        throw std::runtime_error("the bytes end in the middle of the pickle");
    const std::string_view out(m_bytes.constData() + m_at, std::size_t(count));
    m_at += qsizetype(count);
    return out;
}

std::string_view PickleWalk::line() {
    const qsizetype end = m_bytes.indexOf('\n', m_at);
    if (end < 0)
        throw std::runtime_error("the bytes end in the middle of the pickle");
    const std::string_view out(m_bytes.constData() + m_at, std::size_t(end - m_at));
    m_at = end + 1;
    return out;
}

/// Little endian, without sign.
std::uint64_t PickleWalk::number(int bytes) {
    const std::string_view raw = take(std::uint64_t(bytes));
    std::uint64_t value = 0;
    for (int i = bytes; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(raw[std::size_t(i)]);
    return value;
}

int PickleWalk::add(Shadow shadow) {
    m_shadows.push_back(std::move(shadow));
    return int(m_shadows.size()) - 1;
}

void PickleWalk::pushText(std::string_view text) { push({Kind::Text, std::string(text.substr(0, longestText)), 0, {}}); }

int PickleWalk::pop() {
    if (m_stack.empty())
        throw std::runtime_error("it takes more from its stack than it put there");
    const int top = m_stack.back();
    m_stack.pop_back();
    return top;
}

std::vector<int> PickleWalk::popToMark() {
    std::vector<int> items;
    for (int at = pop(); m_shadows[std::size_t(at)].kind != Kind::Mark; at = pop())
        items.push_back(at);
    std::reverse(items.begin(), items.end());
    return items;
}

void PickleWalk::remember(std::uint64_t at) {
    if (m_stack.empty() || at > mostMemo)
        throw std::runtime_error("its memo is out of bounds");
    if (at >= m_memo.size())
        m_memo.resize(std::size_t(at) + 1, -1);
    m_memo[std::size_t(at)] = m_stack.back();
}

void PickleWalk::recall(std::uint64_t at) {
    if (at >= m_memo.size() || m_memo[std::size_t(at)] < 0)
        throw std::runtime_error("it asks its memo for what is not there");
    m_stack.push_back(m_memo[std::size_t(at)]);
}

void PickleWalk::name(std::string_view module, std::string_view name) {
    std::string whole(module.substr(0, longestText));
    whole += '.';
    whole += name.substr(0, longestText);
    names.insert(whole);
    if (names.size() > mostNames) // what is not listed is not judged: better said than passed over
        throw std::runtime_error("it names more than 2000 things");
    push({Kind::Name, std::move(whole), 0, {}});
}

void PickleWalk::setItems(const std::vector<int> &pairs) {
    if (m_stack.empty())
        throw std::runtime_error("it takes more from its stack than it put there");
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
        const Shadow &key = m_shadows[std::size_t(pairs[i])], &value = m_shadows[std::size_t(pairs[i + 1])];
        if (key.text == "_sklearn_version" && value.kind == Kind::Text)
            sklearnVersion = value.text;
    }
    Shadow &top = m_shadows[std::size_t(m_stack.back())];
    if (top.kind == Kind::Dict)
        top.items.insert(top.items.end(), pairs.begin(), pairs.end());
}

void PickleWalk::made(int maker, int arguments) { push({Kind::Object, {}, 0, {maker, arguments}}); }

int PickleWalk::entry(int dict, const char *key) const {
    const Shadow &shadow = m_shadows[std::size_t(dict)];
    for (std::size_t i = 0; shadow.kind == Kind::Dict && i + 1 < shadow.items.size(); i += 2)
        if (m_shadows[std::size_t(shadow.items[i])].text == key)
            return shadow.items[i + 1];
    return -1;
}

/// Of a shadow of numpy.dtype("f8", …): 8. 0 if it cannot be told.
std::int64_t PickleWalk::itemSize(int dtype, bool &objects) const {
    const Shadow &object = m_shadows[std::size_t(dtype)];
    if (object.kind != Kind::Object || object.items.size() < 2)
        return 0;
    const Shadow &arguments = m_shadows[std::size_t(object.items[1])];
    if (arguments.kind != Kind::Tuple || arguments.items.empty())
        return 0;
    const std::string &code = m_shadows[std::size_t(arguments.items[0])].text;
    if (code.size() < 2)
        return 0;
    objects = code[0] == 'O';
    return wholeOf(std::string_view(code).substr(1)) * (code[0] == 'U' ? 4 : 1);
}

/// joblib writes an array's bytes into the stream, behind the BUILD of the wrapper that describes it.
void PickleWalk::skipArray(int wrapper) {
    const int state = m_shadows[std::size_t(wrapper)].items.back();
    const int dtype = entry(state, "dtype"), shape = entry(state, "shape"), alignment = entry(state, "numpy_array_alignment_bytes");
    bool objects = false;
    std::uint64_t size = dtype < 0 ? 0 : std::uint64_t(std::max<std::int64_t>(0, itemSize(dtype, objects)));
    if (shape < 0 || size == 0 || m_shadows[std::size_t(shape)].kind != Kind::Tuple)
        throw std::runtime_error("an array's shape cannot be told, so what follows its bytes is not walked");
    ++arrays;
    if (objects) { // a whole pickle of its own stands there
        if (++m_depth > 16)
            throw std::runtime_error("pickles are nested too deeply");
        const std::vector<int> outer = std::exchange(m_stack, {}), memo = std::exchange(m_memo, {});
        while (step(static_cast<unsigned char>(take(1)[0]))) {
        }
        m_stack = outer;
        m_memo = memo;
        --m_depth;
        return;
    }
    for (const int dimension : m_shadows[std::size_t(shape)].items) {
        const std::int64_t length = m_shadows[std::size_t(dimension)].number;
        if (length < 0 || (length > 0 && size > std::uint64_t(m_bytes.size()) / std::uint64_t(length)))
            throw std::runtime_error("an array is larger than the file");
        size *= std::uint64_t(length);
    }
    if (alignment >= 0 && m_shadows[std::size_t(alignment)].kind == Kind::Number)
        take(number(1));
    take(size);
}

void PickleWalk::build() {
    const int state = pop();
    if (m_stack.empty())
        throw std::runtime_error("it takes more from its stack than it put there");
    const int object = m_stack.back();
    Shadow &shadow = m_shadows[std::size_t(object)];
    if (shadow.kind != Kind::Object || shadow.items.empty())
        return;
    shadow.items.push_back(state);
    const std::string maker = m_shadows[std::size_t(shadow.items[0])].text;
    if (maker == "joblib.numpy_pickle.NumpyArrayWrapper" || maker == "sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper")
        skipArray(object);
}

/// Protocols 0 and 1, but numbers and texts. false at STOP.
bool PickleWalk::stepOld(unsigned char opcode) {
    switch (opcode) {
    case '.': return false;
    case '(': push({Kind::Mark, {}, 0, {}}); return true;
    case '0': pop(); return true;
    case '1': popToMark(); return true;
    case '2': m_stack.push_back(m_stack.empty() ? pop() : m_stack.back()); return true;
    case 'P': line(); push({}); return true;
    case 'Q': pop(); push({}); return true;
    case 'R': { const int arguments = pop(); made(pop(), arguments); return true; }
    case 'a': pop(); return true;
    case 'b': build(); return true;
    case 'c': { const std::string_view module = line(); name(module, line()); return true; }
    case 'd': { const std::vector<int> items = popToMark(); push({Kind::Dict, {}, 0, {}}); setItems(items); return true; }
    case 'e': popToMark(); return true;
    case 'g': recall(std::uint64_t(wholeOf(line()))); return true;
    case 'h': recall(number(1)); return true;
    case 'j': recall(number(4)); return true;
    case 'i': { const std::string_view module = line(); name(module, line()); const int maker = pop(); popToMark(); push({Kind::Object, {}, 0, {maker}}); return true; }
    case 'l': popToMark(); push({}); return true;
    case 'o': { const std::vector<int> items = popToMark(); push({Kind::Object, {}, 0, {items.begin(), items.begin() + (items.empty() ? 0 : 1)}}); return true; }
    case 'p': remember(std::uint64_t(wholeOf(line()))); return true;
    case 'q': remember(number(1)); return true;
    case 'r': remember(number(4)); return true;
    case 's': { const int value = pop(), key = pop(); setItems({key, value}); return true; }
    case 't': { std::vector<int> items = popToMark(); push({Kind::Tuple, {}, 0, std::move(items)}); return true; }
    case 'u': setItems(popToMark()); return true;
    case '}': push({Kind::Dict, {}, 0, {}}); return true;
    case ']': push({}); return true;
    case ')': push({Kind::Tuple, {}, 0, {}}); return true;
    default: return stepNumbers(opcode);
    }
}

/// Numbers, texts and bytes.
bool PickleWalk::stepNumbers(unsigned char opcode) {
    switch (opcode) {
    case 'F': line(); push({}); return true;
    case 'I': push({Kind::Number, {}, wholeOf(line()), {}}); return true;
    case 'J': push({Kind::Number, {}, std::int32_t(number(4)), {}}); return true;
    case 'K': push({Kind::Number, {}, std::int64_t(number(1)), {}}); return true;
    case 'L': push({Kind::Number, {}, wholeOf(line()), {}}); return true;
    case 'M': push({Kind::Number, {}, std::int64_t(number(2)), {}}); return true;
    case 'N': push({}); return true;
    case 'G': take(8); push({}); return true;
    case 'S':
    case 'V': {
        std::string_view text = line();
        if (opcode == 'S' && text.size() >= 2) // 'quoted'
            text = text.substr(1, text.size() - 2);
        pushText(text);
        return true;
    }
    case 'T':
    case 'X': pushText(take(number(4))); return true;
    case 'U':
    case 0x8c: pushText(take(number(1))); return true;
    case 0x8d: pushText(take(number(8))); return true;
    case 'B': take(number(4)); push({}); return true;
    case 'C': take(number(1)); push({}); return true;
    case 0x8e:
    case 0x96: take(number(8)); push({}); return true;
    case 0x8a: {
        const std::string_view raw = take(number(1));
        std::int64_t value = 0;
        for (std::size_t i = std::min<std::size_t>(raw.size(), 8); i-- > 0;)
            value = value << 8 | static_cast<unsigned char>(raw[i]);
        push({Kind::Number, {}, value, {}});
        return true;
    }
    case 0x8b: take(number(4)); push({}); return true;
    default: return stepNew(opcode);
    }
}

/// Protocols 2 to 5.
bool PickleWalk::stepNew(unsigned char opcode) {
    switch (opcode) {
    case 0x80: protocol = std::max(protocol, int(number(1))); return true;
    case 0x81: { const int arguments = pop(); made(pop(), arguments); return true; }
    case 0x82: number(1); push({}); return true;
    case 0x83: number(2); push({}); return true;
    case 0x84: number(4); push({}); return true;
    case 0x85:
    case 0x86:
    case 0x87: {
        std::vector<int> items;
        for (int i = 0x84; i < int(opcode); ++i)
            items.insert(items.begin(), pop());
        push({Kind::Tuple, {}, 0, std::move(items)});
        return true;
    }
    case 0x88:
    case 0x89: push({}); return true;
    case 0x8f: push({}); return true;
    case 0x90: popToMark(); return true;
    case 0x91: popToMark(); push({}); return true;
    case 0x92: { pop(); const int arguments = pop(); made(pop(), arguments); return true; }
    case 0x93: {
        const std::string last = m_shadows[std::size_t(pop())].text, module = m_shadows[std::size_t(pop())].text;
        name(module.empty() ? "(computed)" : module, last.empty() ? "(computed)" : last);
        return true;
    }
    case 0x94: remember(m_memo.size()); return true;
    case 0x95: number(8); return true;
    case 0x97: push({}); return true;
    case 0x98: return true;
    default: throw std::runtime_error("an opcode is not known");
    }
}

bool PickleWalk::step(unsigned char opcode) {
    if (++opcodes > mostOpcodes)
        throw std::runtime_error("2 million opcodes were walked");
    return stepOld(opcode);
}

void PickleWalk::run() {
    try {
        while (step(static_cast<unsigned char>(take(1)[0]))) {
        }
        if (m_at < m_bytes.size())
            stopped = "bytes follow its end (byte " + std::to_string(m_at) + ")";
    } catch (const std::exception &e) {
        stopped = std::string(e.what()) + " (byte " + std::to_string(m_at) + ")";
    }
}

} // namespace pilothouse::artifact

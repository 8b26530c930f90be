// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/log_store.h"

#include "core/base/file.h"

#include <algorithm>

namespace pilothouse::cluster {

namespace {

constexpr qsizetype blockText = 512 << 10;
constexpr std::size_t blockLines = 8192;

} // namespace

void LogStore::append(const std::vector<LogLine> &lines) {
    for (const LogLine &line : lines) {
        const bool full = m_blocks.empty() || m_blocks.back()->lines.size() >= blockLines || (!m_blocks.back()->lines.empty() && m_blocks.back()->text.size() + line.text.size() > blockText);
        if (full) {
            if (!m_blocks.empty()) { // what it took too much
                m_bytes -= m_blocks.back()->bytes();
                m_blocks.back()->text.squeeze();
                m_blocks.back()->lines.shrink_to_fit();
                m_bytes += m_blocks.back()->bytes();
            }
            auto block = std::make_shared<Block>();
            block->first = m_end;
            m_blocks.push_back(std::move(block));
        } else if (m_blocks.back().use_count() > 1) { // a snapshot reads it
            m_blocks.back() = std::make_shared<Block>(*m_blocks.back());
        }
        Block &block = *m_blocks.back();
        m_bytes -= full ? 0 : block.bytes();
        block.lines.push_back({line.nanos, quint32(block.text.size()), quint32(line.text.size()), quint16(std::min(line.source, 65535)), line.level});
        block.text += line.text;
        m_bytes += block.bytes();
        ++m_end;
    }
    while (m_bytes > m_limit && m_blocks.size() > 1) {
        m_bytes -= m_blocks.front()->bytes();
        m_blocks.pop_front();
    }
}

void LogStore::clear() {
    m_blocks.clear();
    m_bytes = 0;
}

LogStore::View LogStore::at(qint64 number) const {
    if (number < first() || number >= m_end)
        return {};
    const auto after = std::upper_bound(m_blocks.begin(), m_blocks.end(), number, [](qint64 n, const std::shared_ptr<Block> &block) { return n < block->first; });
    const Block &block = **std::prev(after);
    const Line &line = block.lines[std::size_t(number - block.first)];
    return {line.nanos, line.source, line.level, QByteArrayView(block.text).sliced(line.begin, line.size)};
}

Result<void> saveLog(const LogStore &store, const std::vector<LogSource> &sources, const QString &file) {
    return writeFileAtomically(file, [&](int fd) -> Result<void> {
        QByteArray out;
        for (qint64 i = store.first(); i < store.end(); ++i) {
            const auto line = store.at(i);
            out += timestampText(line.nanos).toUtf8() + ' ' + (std::size_t(line.source) < sources.size() ? sources[std::size_t(line.source)].text().toUtf8() : QByteArray("?")) + ' ';
            out += line.text;
            out += '\n';
            if (out.size() > (1 << 20)) {
                PH_TRY(writeAll(fd, out.constData(), std::size_t(out.size()), file));
                out.clear();
            }
        }
        return writeAll(fd, out.constData(), std::size_t(out.size()), file);
    });
}

} // namespace pilothouse::cluster

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/pod_log_model.h"

#include "core/base/json.h"

#include <QDateTime>
#include <QElapsedTimer>

namespace pilothouse::ui {

namespace {

constexpr int sliceMs = 6;
constexpr qsizetype mostJson = 64 << 10; ///< a longer line is shown as it is

} // namespace

PodLogModel::PodLogModel(qint64 limitBytes, QObject *parent) : QAbstractListModel(parent), m_store(limitBytes) {
    m_slices.setInterval(0);
    connect(&m_slices, &QTimer::timeout, this, &PodLogModel::slice);
}

int PodLogModel::rowCount(const QModelIndex &parent) const {
    if (parent.isValid())
        return 0;
    return isFiltered() ? int(m_rows.size()) : int(m_shown - m_firstShown);
}

QVariant PodLogModel::data(const QModelIndex &index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto view = line(index.row());
    switch (role) {
    case Qt::DisplayRole: return QString::fromUtf8(view.text);
    case TimeRole: return QDateTime::fromMSecsSinceEpoch(view.nanos / 1'000'000, Qt::UTC);
    case SourceRole: return std::size_t(view.source) < m_sources.size() ? m_sources[std::size_t(view.source)].text() : QString();
    case LevelRole: return int(view.level);
    case NumberRole: return number(index.row());
    default: return {};
    }
}

void PodLogModel::setFields(const QStringList &fields) {
    if (fields == m_fields)
        return;
    m_fields = fields;
    Q_EMIT changed();
}

QString PodLogModel::shown(int row, qsizetype most) const {
    const auto view = line(row);
    if (!m_fields.isEmpty() && view.text.size() <= mostJson) {
        if (const auto object = cluster::logFields(view.text.toByteArray())) {
            QStringList out;
            for (const QString &field : m_fields)
                if (const QJsonValue value = object->value(field); !value.isUndefined())
                    out << (value.isString() ? value.toString() : QString::fromUtf8(compactJson(value)));
            if (!out.isEmpty())
                return out.join(QStringLiteral("  ")).left(most);
        }
    }
    return QString::fromUtf8(view.text.first(std::min(view.text.size(), most)));
}

bool PodLogModel::passes(qint64 number) const {
    const auto view = m_store.at(number);
    if (m_least != cluster::LogLevel::None && view.level < m_least)
        return false;
    return m_pattern.pattern().isEmpty() || m_pattern.match(QString::fromUtf8(view.text)).hasMatch();
}

/// Rows of lines that the store has no more.
void PodLogModel::dropHead() {
    const qint64 first = m_store.first();
    if (!isFiltered()) {
        if (first <= m_firstShown)
            return;
        const int gone = int(std::min(first, m_shown) - m_firstShown);
        if (gone > 0)
            beginRemoveRows({}, 0, gone - 1);
        m_firstShown = first;
        m_shown = std::max(m_shown, first);
        if (gone > 0)
            endRemoveRows();
        return;
    }
    m_firstShown = std::max(m_firstShown, first);
    m_shown = std::max(m_shown, first);
    int gone = 0;
    while (std::size_t(gone) < m_rows.size() && m_rows[std::size_t(gone)] < first)
        ++gone;
    if (gone == 0)
        return;
    beginRemoveRows({}, 0, gone - 1);
    m_rows.erase(m_rows.begin(), m_rows.begin() + gone);
    endRemoveRows();
}

/// What came since: at once without a filter, by slices with one.
void PodLogModel::show() {
    if (m_shown >= until())
        return;
    if (isFiltered()) {
        slice();
        return;
    }
    beginInsertRows({}, rowCount(), rowCount() + int(until() - m_shown) - 1);
    m_shown = until();
    endInsertRows();
}

void PodLogModel::slice() {
    QElapsedTimer clock;
    clock.start();
    std::vector<qint64> found;
    const qint64 end = until();
    while (m_shown < end) {
        if (passes(m_shown))
            found.push_back(m_shown);
        ++m_shown;
        if (m_shown % 64 == 0 && clock.elapsed() >= sliceMs)
            break;
    }
    if (!found.empty()) {
        beginInsertRows({}, int(m_rows.size()), int(m_rows.size() + found.size()) - 1);
        m_rows.insert(m_rows.end(), found.begin(), found.end());
        endInsertRows();
    }
    if (m_shown < end) {
        m_slices.start();
    } else if (m_slices.isActive()) {
        m_slices.stop();
        Q_EMIT changed();
    }
}

void PodLogModel::append(const cluster::LogBatch &batch) {
    m_sources = batch.sources;
    m_dropped = batch.dropped;
    if (!batch.lines.empty()) {
        m_store.append(batch.lines);
        dropHead();
        show();
    }
    Q_EMIT changed();
}

void PodLogModel::clear() {
    beginResetModel();
    m_store.clear();
    m_rows.clear();
    m_firstShown = m_shown = m_heldAt = m_store.end();
    m_slices.stop();
    endResetModel();
    Q_EMIT changed();
}

void PodLogModel::setHeld(bool held) {
    m_held = held;
    m_heldAt = m_store.end();
    if (!held)
        show();
    Q_EMIT changed();
}

bool PodLogModel::setFilter(const QString &pattern, cluster::LogLevel least) {
    const QRegularExpression wanted(pattern, QRegularExpression::CaseInsensitiveOption);
    if (!wanted.isValid())
        return false;
    if (pattern == m_pattern.pattern() && least == m_least)
        return true;
    beginResetModel();
    m_pattern = wanted;
    m_least = least;
    m_rows.clear();
    m_firstShown = m_store.first();
    m_shown = isFiltered() ? m_firstShown : std::max(m_firstShown, until());
    m_slices.stop();
    endResetModel();
    if (isFiltered())
        slice();
    Q_EMIT changed();
    return true;
}

int PodLogModel::find(const QString &words, int from, bool backwards) const {
    const int rows = rowCount();
    if (words.isEmpty() || rows == 0)
        return -1;
    for (int i = 0; i < rows; ++i) {
        const int row = backwards ? (from - i % rows + rows) % rows : (from + i) % rows;
        if (QString::fromUtf8(line(row).text).contains(words, Qt::CaseInsensitive))
            return row;
    }
    return -1;
}

} // namespace pilothouse::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/log_store.h"

#include <QAbstractListModel>
#include <QRegularExpression>
#include <QTimer>

#include <deque>

namespace pilothouse::ui {

/// The lines of a workload's log as rows: those that a filter lets through, all without one. Grows in batches, one signal each; rows that leave at the head, too.
/// A filter over many lines works through them in slices of a few milliseconds, newest rows last as ever.
class PodLogModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { TimeRole = Qt::UserRole + 1, SourceRole, LevelRole, NumberRole };
    explicit PodLogModel(qint64 limitBytes = 64 << 20, QObject *parent = nullptr);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

    /// What readPodLogs() gives, delivered to the GUI thread.
    void append(const cluster::LogBatch &batch);
    void clear();
    /// While it is held lines are kept and not shown; waiting() says how many. Going on shows them at once.
    void setHeld(bool held);
    bool isHeld() const { return m_held; }
    qint64 waiting() const { return m_store.end() - m_shown; }

    /// Empty: all. False, and nothing changes, if it is no regular expression. `least`: None for all levels.
    bool setFilter(const QString &pattern, cluster::LogLevel least = cluster::LogLevel::None);
    bool isFiltered() const { return !m_pattern.pattern().isEmpty() || m_least != cluster::LogLevel::None; }
    bool isFiltering() const { return m_slices.isActive(); }

    cluster::LogStore::View line(int row) const { return m_store.at(number(row)); }
    QString text(int row) const { return QString::fromUtf8(line(row).text); }
    /// Of lines that are JSON these fields only, with two spaces between; empty: lines as they are. What is found, copied and saved stays the whole line.
    void setFields(const QStringList &fields);
    QString shown(int row, qsizetype most) const; ///< as it is painted; no more than so many bytes of it
    const std::vector<cluster::LogSource> &sources() const { return m_sources; }
    const cluster::LogStore &store() const { return m_store; } ///< a copy is a snapshot to save
    qint64 left() const { return m_store.first(); }    ///< lines that left, as the ring is full
    qint64 dropped() const { return m_dropped; }        ///< lines that came too quickly to be read
    /// The next row with these words, in any case, from `from` on and round; −1: none.
    int find(const QString &words, int from, bool backwards = false) const;

Q_SIGNALS:
    void changed(); ///< counts, sources, dropped

private:
    qint64 number(int row) const { return isFiltered() ? m_rows[std::size_t(row)] : m_firstShown + row; }
    bool passes(qint64 number) const;
    qint64 until() const { return m_held ? m_heldAt : m_store.end(); } ///< lines from here on are not shown yet
    void dropHead();
    void show();
    void slice();
    cluster::LogStore m_store;
    std::vector<cluster::LogSource> m_sources;
    std::deque<qint64> m_rows; ///< numbers, of a filtered log
    qint64 m_firstShown = 0, m_shown = 0; ///< lines before `m_shown` were looked at
    qint64 m_heldAt = 0;
    qint64 m_dropped = 0;
    QRegularExpression m_pattern;
    cluster::LogLevel m_least = cluster::LogLevel::None;
    QStringList m_fields;
    bool m_held = false;
    QTimer m_slices;
};

} // namespace pilothouse::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/pipelines/pipeline_words.h"

#include <QAbstractListModel>
#include <QHash>

namespace pilothouse::ui {

/// All runs of all systems, newest first, those in a queue before; filtered by state and words. Rows point into the state that is shown, so that 100,000 of them cost little; a
/// newer state moves only what differs, and what is chosen stays chosen. GUI thread.
class RunListModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit RunListModel(QObject *parent = nullptr);
    void setRuns(std::shared_ptr<const fleet::PipelinesState> state); ///< never null
    void setNow(const QDateTime &now) { m_now = now; }
    void setShown(const QString &state);  ///< a pipelines::stateName(); "all"
    void setWords(const QString &words);  ///< all of them occur somewhere in what a run is called
    const fleet::PipelinesState &state() const { return *m_state; }
    const pipelines::PipelineRun &row(int row) const { return m_state->runs[std::size_t(m_rows[std::size_t(row)])]; }
    const pipelines::PipelineRun *find(const QString &id) const; ///< also what the filter hides; null: none
    int rowOf(const QString &id) const;  ///< −1: not shown
    int countOf(pipelines::State state) const { return m_counts.value(int(state)); }
    QString titleOf(const pipelines::PipelineRun &run) const;
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    QVariant data(const QModelIndex &index, int role) const override;

private:
    struct System {
        QString word;
        bool old = false; ///< it could not be read: what is shown is of an earlier time
        QDateTime read;
        bool operator==(const System &) const = default;
    };
    std::vector<int> matching(const fleet::PipelinesState &state) const;
    void move(const std::shared_ptr<const fleet::PipelinesState> &state, std::vector<int> rows);
    std::shared_ptr<const fleet::PipelinesState> m_state;
    std::vector<int> m_rows; ///< places in m_state->runs
    QHash<QString, QString> m_names; ///< of pipelines, by their ids
    QHash<QString, System> m_systems; ///< by connection
    QHash<int, int> m_counts;
    QString m_shown = QStringLiteral("all");
    QStringList m_words;
    QDateTime m_now;
};

} // namespace pilothouse::ui

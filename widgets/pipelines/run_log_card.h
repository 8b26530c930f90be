// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/ansible_log.h"
#include "core/pipelines/log_follow.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"

#include <QTimer>

class QStackedWidget;

namespace pilothouse::ui {

class AnsibleModel;
class Choice;
class List;
class RunLogView;
class SegmentedControl;

/// The log of the chosen run, of one of its stages or of one attempt: followed into the cache while somebody looks. Output of ansible-playbook can be folded. GUI thread; reads on the
/// waiting pool.
class RunLogCard : public Card {
    Q_OBJECT
public:
    explicit RunLogCard(const PanelContext &context, QWidget *parent = nullptr);
    ~RunLogCard() override;
    /// The run as it is known now, with its stages. Another id: its whole log is followed.
    void setRun(const pipelines::PipelineRun &run);
    void clear();
    void setStage(const QString &key);                            ///< empty: all
    void setAttempt(const QString &stage, const QString &attempt); ///< attempt: Attempt::log
    void setActive(bool active);
    void setNarrow(bool narrow); ///< the choice of stages stands in the graph only
    const QString &stage() const { return m_stage; }
    RunLogView &view() { return *m_view; }

Q_SIGNALS:
    void stageChanged(const QString &key); ///< empty: all

private:
    struct Mail;
    pipelines::LogKey key() const;
    void choose(const QString &stage, const QString &attempt);
    void showChoices();
    void restart(bool whole = false);
    void stop();
    void take();
    void take(const pipelines::LogNews &news);
    void foldAnsible();
    void jumpTo(const QString &row);
    PanelContext m_context;
    pipelines::PipelineRun m_run;
    QString m_stage, m_attempt, m_error;
    RunLogView *m_view;
    SegmentedControl *m_stages, *m_forms;
    Choice *m_attempts;
    QStackedWidget *m_pages;
    AnsibleModel *m_ansible;
    List *m_tasks;
    std::shared_ptr<Mail> m_mail;
    Task<pipelines::KeptLog> m_task;
    Task<pipelines::AnsibleLog> m_fold;
    pipelines::State m_followed = pipelines::State::Unknown; ///< the run's when the log was asked for
    pipelines::KeptLog m_kept;
    QTimer m_take, m_foldSoon;
    bool m_active = false, m_narrow = false, m_shown = false, m_ended = false;
};

} // namespace pilothouse::ui

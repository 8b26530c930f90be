// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/fleet.h"
#include "widgets/base/panel.h"
#include "widgets/learn/run_model.h"

namespace pilothouse::ui {

class Button;
class Card;
class Label;
class Legend;
class LogView;
class PlotWidget;
class ProgressBar;
class StateBadge;

/// One training: while it runs its progress with time left, live curves, log and buttons; otherwise the last run of the registry
/// with the curves it logged. Beside the curves, how the runs of the model compare.
class RunView : public QWidget {
    Q_OBJECT
public:
    explicit RunView(const PanelContext &context, QWidget *parent = nullptr);
    void showJob(const fleet::Job *job); ///< null: nothing ran in this window yet
    /// What the registry knows of the model: shown as long as no job of this window is. `lines` newest first.
    void showRuns(const std::vector<RunLine> &lines, const fleet::ModelRow *model);
    LogView *log() const { return m_log; }
    Card *logCard() const { return m_logCard; }
    Card *lossCard() const { return m_lossCard; }
    Card *qualityCard() const { return m_qualityCard; }

private:
    /// Those of one estimator: of several they are other quantities, or other models. @param kept  shown if it has any, else the last one's
    void showCurves(const QString &model, const QString &unit, const std::vector<fleet::Job::Curve> &curves, const QString &kept);
    void showLast();
    void readCurves(const registry::Run &run);
    void showQuality(const std::vector<RunLine> &lines, const fleet::ModelRow *model);
    PanelContext m_context;
    Card *m_head, *m_lossCard, *m_qualityCard, *m_logCard;
    StateBadge *m_badge;
    Label *m_words, *m_left;
    ProgressBar *m_bar;
    Button *m_cancel, *m_resume;
    PlotWidget *m_loss, *m_quality;
    Legend *m_legend;
    LogView *m_log;
    QString m_job, m_model;
    std::optional<RunLine> m_last; ///< newest run of the registry
    QString m_curvesOf;            ///< run whose curves were read
    Task<std::vector<fleet::Job::Curve>> m_reading;
};

} // namespace pilothouse::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/fleet.h"
#include "widgets/base/panel.h"

namespace pilothouse::ui {

class Button;
class Card;
class Label;
class Legend;
class LogView;
class PlotWidget;
class ProgressBar;
class StateBadge;

/// One training as it runs: progress with time left, live curves, log, and its buttons.
class RunView : public QWidget {
    Q_OBJECT
public:
    explicit RunView(const PanelContext &context, QWidget *parent = nullptr);
    void showJob(const fleet::Job *job); ///< null: nothing ran in this window yet
    LogView *log() const { return m_log; }
    Card *logCard() const { return m_logCard; }
    Card *lossCard() const { return m_lossCard; }

private:
    void showCurves(const fleet::Job &job);
    PanelContext m_context;
    Card *m_head, *m_lossCard, *m_logCard;
    StateBadge *m_badge;
    Label *m_words, *m_left;
    ProgressBar *m_bar;
    Button *m_cancel, *m_resume;
    PlotWidget *m_loss;
    LogView *m_log;
    QString m_job;
};

} // namespace pilothouse::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/what_if.h"
#include "widgets/base/panel.h"

#include <QTimer>

class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class Card;
class InputSlider;
class Label;
class PanelState;
class PlotWidget;
class SegmentedControl;

/// What-if (board 07): a form from the signature, the answer of the served version at once, its response to one input.
/// Requests made here are answered and logged like any other. openAt() takes a model name.
class WhatIfPanel : public Panel {
    Q_OBJECT
public:
    explicit WhatIfPanel(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    QStringList path() const override { return {title()}; }
    QString subject() const override { return m_model.isEmpty() ? title() : m_model; }
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &) const override { return m_model; }

private:
    struct Both {
        fleet::WhatIfAnswer point, curve;
        std::vector<double> at; ///< values of the curve's input
        QString input;
    };
    void addActions();
    void openModel();
    void buildForm(const fleet::WhatIfModel &model);
    void askNow();
    void showAnswer(const Both &both);
    std::vector<fleet::WhatIfValue> row() const;

    fleet::Snapshot m_snapshot;
    QString m_model, m_curveInput;
    int m_version = 0;
    fleet::WhatIfModel m_form;
    Task<fleet::WhatIfModel> m_opening;
    Task<Both> m_asking;
    bool m_again = false;
    QTimer m_soon;
    std::vector<InputSlider *> m_sliders;
    PanelState *m_state;
    SegmentedControl *m_choice;
    Card *m_inputs, *m_answerCard, *m_curveCard, *m_requestCard;
    QVBoxLayout *m_list;
    Label *m_answer, *m_second, *m_request;
    PlotWidget *m_curve;
};

} // namespace pilothouse::ui

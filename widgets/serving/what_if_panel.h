// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/why.h"
#include "widgets/base/panel.h"

#include <QTimer>

class QStackedWidget;
class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class Card;
class Choice;
class ExplainPage;
class InputSlider;
class Label;
class Legend;
class OutputChoice;
class PanelState;
class PlotWidget;
class FoldingChoice;
class SegmentedControl;
class WhyCard;

/// What-if (board 07): a form from the signature, the answer of the served version at once, another version of the registry
/// beside it, and the response of both to one input. The endpoint answers and logs the row like any other request; the curves
/// and the version beside it are scored on this machine and leave no trace. Its second page explains any version (ExplainPage).
/// openAt() takes a model name, or "explain:" with a model or MODEL/VERSION.
class WhatIfPanel : public Panel {
    Q_OBJECT
public:
    explicit WhatIfPanel(const PanelContext &context, QWidget *parent = nullptr);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    QStringList path() const override;
    QString subject() const override;
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &) const override { return m_model; }
    QWidget *firstFocus() override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    /// The row as set, and the rows along the curve's input.
    struct Question {
        std::vector<fleet::WhatIfValue> row;
        std::vector<double> at; ///< values of the curve's input; empty: no curve
        std::size_t column; ///< of `row`
        QString input;
        std::vector<std::vector<fleet::WhatIfValue>> curveRows() const;
    };
    struct Both {
        Question question;
        fleet::WhatIfAnswer point;
        fleet::ModelEndpoint where;                         ///< that answered the point
        std::shared_ptr<const fleet::Services> services;    ///< it was opened with; others: the workspace was read again
        fleet::WhatIfAnswer curve; ///< a row for each of question.at
        std::vector<QString> outputs; ///< of the version that answered
        int filled = 0;            ///< inputs that only this version has, at their typical value
        /// Of an output by name; NaN: this version has none of that name. The only one may be called otherwise.
        double value(const fleet::WhatIfAnswer &answer, std::size_t row, const QString &output) const;
    };
    static const QString explainPrefix; ///< of openAt()
    QWidget *buildAsk();
    QWidget *buildInputs();
    QWidget *buildAnswers();
    void showPage(bool explain);
    bool onExplainPage() const;
    std::optional<fleet::WhyQuestion> whyQuestion() const;
    void showOutput();
    QString output() const; ///< name of the shown one
    QString unit() const;   ///< of the shown output
    void addActions();
    void addExplainActions();
    void openModel();
    void buildForm(const fleet::WhatIfModel &model);
    Question question() const;
    void askNow();
    void askBeside();
    void showVersions();
    void showAnswer(const Both &both);
    void refreshButtons();
    void showBeside();
    void showCurve();
    QString answerText(const Both &both) const;
    std::vector<fleet::WhatIfValue> row() const;

    fleet::Snapshot m_snapshot;
    QString m_model, m_curveInput;
    int m_version = 0;
    fleet::WhatIfModel m_form;
    Task<fleet::WhatIfModel> m_opening;
    Task<Both> m_asking, m_askingBeside;
    bool m_again = false, m_againBeside = false;
    std::optional<Both> m_served, m_beside;
    int m_besideVersion = 0;
    QTimer m_soon;
    std::vector<Button *> m_buttons;
    std::vector<InputSlider *> m_sliders;
    SegmentedControl *m_page;
    QStackedWidget *m_pages;
    ExplainPage *m_explain = nullptr; ///< built when it is first wanted
    PanelState *m_state;
    FoldingChoice *m_choice;
    OutputChoice *m_output;
    Choice *m_versions;
    Legend *m_legend;
    Card *m_inputs, *m_answerCard, *m_besideCard, *m_curveCard, *m_requestCard;
    QVBoxLayout *m_list;
    Label *m_answer, *m_second, *m_besideAnswer, *m_besideSecond, *m_besideChange, *m_request;
    PlotWidget *m_curve;
    WhyCard *m_why;
};

} // namespace pilothouse::ui

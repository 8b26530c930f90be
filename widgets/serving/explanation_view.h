// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/explanation.h"
#include "widgets/base/export.h"

#include <QWidget>

#include <optional>

class QStackedWidget;

namespace pilothouse::ui {

class FeatureBarModel;
class Label;
class Legend;
class PlotWidget;
class Table;

/// One explanation as it is looked at: a sentence, bars that are a table (contributions of a row, importance over many) or the curves of
/// a dependence, and how it was made.
class ExplanationView : public QWidget {
    Q_OBJECT
public:
    enum class Detail { Short, Full }; ///< Short: without how it was made
    explicit ExplanationView(Detail detail, QWidget *parent = nullptr);
    /// @param unit  of the output, where the explanation has none
    /// @param subject  who was explained: a saved picture stands alone
    void setExplanation(const explain::Explanation &explanation, const QString &unit, const QString &subject);
    void clear();
    const explain::Explanation *explanation() const { return m_explanation ? &*m_explanation : nullptr; }
    QWidget *focusPlace() const; ///< the table or the chart
    ExportBytes csv() const;
    ExportBytes png() const; ///< whole, also what is scrolled away (of very many bars the strongest, which it says), with how it was made

Q_SIGNALS:
    void opened(const QString &feature); ///< Enter or double-click on a bar

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    int wholeHeight(int width) const;
    void fitColumns();
    Detail m_detail;
    std::optional<explain::Explanation> m_explanation;
    QString m_unit, m_subject;
    Label *m_sentence, *m_facts, *m_notes;
    Legend *m_legend;
    QStackedWidget *m_pages;
    Table *m_table;
    FeatureBarModel *m_bars;
    PlotWidget *m_plot;
    QWidget *m_plotPage; ///< the plot, in line with the words above
};

} // namespace pilothouse::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/why.h"

#include <QWidget>

#include <optional>
#include <vector>

class QLineEdit;

namespace pilothouse::ui {

class Button;
class Choice;
class Field;
class OutputChoice;
class SegmentedControl;

/// A model as the form offers it.
struct ExplainedModel {
    QString name;
    std::vector<std::pair<int, QString>> versions; ///< number and words ("v3, champion"), newest first
    int usual = 0;      ///< the one that is chosen first
    bool asked = false; ///< its endpoint can be asked
};

/// What is to be explained and how: version, who is asked, one row, a data set or one input, method, output, and where the rows come from. Only
/// what the version and the method have is offered.
class ExplainForm : public QWidget {
    Q_OBJECT
public:
    explicit ExplainForm(QWidget *parent = nullptr);
    void setModels(const std::vector<ExplainedModel> &models); ///< keeps what is chosen if it is still there
    void choose(const QString &model, int version = 0);        ///< 0: the usual one
    QString model() const;
    int version() const; ///< 0: there is none
    /// The chosen version, once it is read.
    void setVersion(const fleet::AskableVersion &version);
    void setVersionError(const QString &error);
    const std::optional<fleet::AskableVersion> &opened() const { return m_opened; }
    /// The row as set in What-if; offered where its version is the chosen one.
    void setGiven(const std::optional<fleet::WhyQuestion> &given);
    void chooseColumn(const QString &input); ///< one input, this one; nothing if the version has none of this name

    QString problem() const; ///< why it cannot be asked; empty: it can
    fleet::WhyQuestion question() const;

Q_SIGNALS:
    void versionChosen(); ///< another one: read it
    void changed();

private:
    QWidget *buildFile();
    void build();
    void showVersions();
    void follow(); ///< what is offered follows from what is chosen
    void offerMethods();
    void offerRows();
    void suggestGrouping();
    void showNumber();
    explain::View view() const;
    explain::Method method() const;
    bool endpoint() const;
    fleet::WhyRows rows() const;
    void openFile();

    std::vector<ExplainedModel> m_models;
    std::optional<fleet::AskableVersion> m_opened;
    std::optional<fleet::WhyQuestion> m_given;
    bool m_groupChosen = false; ///< by hand
    bool m_numberOfRow = false; ///< m_number is a row, else how many at most
    QString m_otherNumber;      ///< what stood in m_number when it was the other one
    Choice *m_model, *m_version, *m_method, *m_column, *m_group, *m_rows;
    SegmentedControl *m_where, *m_view;
    OutputChoice *m_output;
    QLineEdit *m_file, *m_number;
    Field *m_versionField, *m_whereField, *m_methodField, *m_columnField, *m_outputField, *m_groupField, *m_rowsField, *m_fileField, *m_numberField;
};

} // namespace pilothouse::ui

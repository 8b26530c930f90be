// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/button.h"

namespace pilothouse::ui {

class Choice;

/// A few exclusive choices beside each other, and in a box where there is no room for all of them: one that is cut off could not be chosen.
class FoldingChoice : public QWidget {
    Q_OBJECT
public:
    FoldingChoice(const QString &name, const QString &accessible, QWidget *parent = nullptr); ///< name: objectName of what is seen
    void setSegments(std::vector<SegmentedControl::Segment> segments); ///< keeps the choice if its id is still there
    QString current() const;
    void setCurrent(const QString &id);
    bool isFolded() const { return m_folded; }
    QWidget *shown() const; ///< which of the two has the keyboard
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void currentChanged(const QString &id);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fold();
    SegmentedControl *m_beside;
    Choice *m_box;
    bool m_folded = false;
};

} // namespace pilothouse::ui

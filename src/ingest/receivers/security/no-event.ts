/** What a reader answers for an object that is no event of its kind, and why. */
export class NoEvent {
  readonly detail: string

  constructor(detail: string) {
    this.detail = detail
  }
}

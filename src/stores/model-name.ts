import { FIRST_ALIAS, FIRST_MODEL } from '../storage/runs'

/** The registered model that the screens show. */
export const STUDIO_MODEL = FIRST_MODEL
/** The alias of the version in use. */
export const CHAMPION = FIRST_ALIAS
